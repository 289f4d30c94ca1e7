//! codec: messages to bytes and back, svrkit beside prost, buffa and quick-protobuf.
//!
//! Every library is checked on every message before anything is measured. All run in this process on one core and take
//! turns; what is measured is the thread's CPU time.

mod by_reference;
mod data;
mod generated;
pub(crate) mod instructions;
mod job;
mod libs;
mod messages;
mod plan;
mod read;
mod round_trip;
mod row;
mod run;
mod samples;
mod table;
mod views;

use anyhow::Result;
use clap::{ArgMatches, Args, FromArgMatches};

use self::plan::{CodecArguments, Plan, Unit};
use super::Case;
use crate::report::Report;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "codec",
    about: "messages to bytes and back, views and unknown fields, beside prost, buffa and quick-protobuf",
    arguments: CodecArguments::augment_args,
    run,
};

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = CodecArguments::from_arg_matches(matches)?;
    let plan = Plan::new(&arguments, quick)?;
    let title = format!("codec: {plan}");
    eprintln!("{title}");

    let mut rows = Vec::new();
    for message in &plan.messages {
        let jobs = (message.jobs)(message.name)?;
        let measured = match plan.unit {
            Unit::Time => run::measure(&plan, jobs)?,
            Unit::Instructions => instructions::measure(&plan, jobs)?,
        };
        for row in measured {
            eprintln!("{}", serde_json::to_string(&row)?);
            report.row(&row)?;
            rows.push(row);
        }
    }
    report.print_all(&title, &table::all(&rows));
    Ok(())
}
