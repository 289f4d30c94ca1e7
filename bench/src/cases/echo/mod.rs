//! echo: one unary call, {u64, 32-byte string, payload} there and back, by every peer side by side.
//!
//! Server and client are processes of their own on cores of their own, closed loop. Peers take turns within each
//! repeat, so that a machine that drifts drifts for all; a row is the medians of its repeats.

mod plan;
mod row;
mod run;
mod table;

use anyhow::Result;
use clap::{ArgMatches, Args, FromArgMatches};

pub(super) use self::plan::{Cell, seconds};
use self::plan::{EchoArguments, Plan};
use self::row::Row;
pub(super) use self::row::Sample;
pub(super) use self::run::Once;
use super::Case;
use crate::pin::Placement;
use crate::report::Report;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "echo",
    about: "unary echo by svrkit, tonic, tarpc and a bare loop: calls a second, latency, CPU, memory",
    arguments: EchoArguments::augment_args,
    run,
};

/// Said in the title.
const BUILD: &str = if cfg!(debug_assertions) {
    "; DEBUG BUILD, its figures say nothing: use --release"
} else {
    ""
};

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = EchoArguments::from_arg_matches(matches)?;
    let plan = Plan::new(&arguments, quick)?;
    let placement = Placement::choose(arguments.cores)?;
    let title = format!("echo: {placement}; {plan}{BUILD}");
    eprintln!("{title}");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut rows = Vec::new();
    for cell in plan.cells() {
        let measured = runtime.block_on(run::cell(&plan, &cell, placement))?;
        for row in &measured {
            report.row(&row.line)?;
        }
        rows.extend(measured);
    }
    report.print(&title, &table::of(&rows));
    Ok(())
}
