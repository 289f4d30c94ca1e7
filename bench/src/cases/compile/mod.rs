//! compile: the schema compiler on trees of growing size and on hostile input, rustc on what it generates, and how much
//! machine code comes of it.
//!
//! The compiler runs in a process of its own each time. What rustc takes for the generated code stands beside what it
//! takes for the same messages in prost, in pairs, so that a machine that drifts drifts for both.

mod corpus;
mod crates;
mod hostile;
mod library;
mod plan;
mod prost;
mod row;
mod run;
mod table;
mod weight;
mod workspace;
mod xml;

use anyhow::Result;
use clap::{ArgMatches, Args, FromArgMatches};

use self::plan::{CompileArguments, Plan, Step};
use super::Case;
use crate::report::Report;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "compile",
    about: "the schema compiler: time and memory by size, hostile input, rustc and machine code beside prost's",
    arguments: CompileArguments::augment_args,
    run,
};

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = CompileArguments::from_arg_matches(matches)?;
    let plan = Plan::new(&arguments, quick)?;
    let title = format!("compile: {plan}");
    eprintln!("{title}");

    let mut rows = Vec::new();
    let mut keep = |row: row::Row| {
        eprintln!("{}", serde_json::to_string(&row)?);
        report.row(&row)?;
        rows.push(row);
        Ok(())
    };
    for step in &plan.steps {
        match step {
            Step::Check | Step::Gen => run::trees(&plan, *step, &mut keep)?,
            Step::Hostile => run::hostile(&plan, &mut keep)?,
            Step::Rustc => crates::compare(&plan, &mut keep)?,
            Step::Weight => weight::weigh(&plan, &mut keep)?,
        }
    }
    report.print(&title, &table::of(&rows));
    Ok(())
}
