//! monitor: what the metrics cost that every server and client has: svrkit's echo with them beside the same without, by turns.

mod row;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::{ArgMatches, Args, FromArgMatches};

use self::row::Row;
use super::Case;
use super::echo::{Cell, seconds};
use super::pair::{Build, Turns};
use crate::load::Load;
use crate::peers::Peer;
use crate::pin::Placement;
use crate::process::own_program;
use crate::report::{self, Report};
use crate::scheduler::Scheduler;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "monitor",
    about: "unary echo with svrkit's own metrics beside the same without, by turns",
    arguments: MonitorArguments::augment_args,
    run,
};

#[derive(Args, Clone, Debug)]
struct MonitorArguments {
    /// Connections x calls in flight on each
    #[arg(
        long,
        value_name = "CxF,…",
        value_delimiter = ',',
        default_value = "1x1,1x128,16x64"
    )]
    loads: Vec<Load>,
    /// Length of the payload in bytes
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(0..=1 << 20))]
    payload: u64,
    /// Pairs of each row [default: 20; quick: 2]
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=1000))]
    repeats: Option<u32>,
    /// Length of one measured window [default: 1; quick: 0.3]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    measure: Option<Duration>,
    /// Tokio's scheduler, the same for every server and client
    #[arg(long, value_enum, default_value_t)]
    scheduler: Scheduler,
}

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = MonitorArguments::from_arg_matches(matches)?;
    let repeats = arguments.repeats.unwrap_or(if quick { 2 } else { 20 });
    let measure = arguments
        .measure
        .unwrap_or(Duration::from_millis(if quick { 300 } else { 1_000 }));
    let placement = Placement::choose(None)?;
    let title = format!(
        "monitor: {placement}; scheduler {}; {repeats} pairs of {} s",
        arguments.scheduler,
        measure.as_secs_f64()
    );
    eprintln!("{title}");

    let program = own_program()?;
    let build = |name| {
        let peer = Peer::named(name).with_context(|| format!("{name} is no peer"))?;
        anyhow::Ok(Build {
            name,
            program: &program,
            peer,
        })
    };
    let (counted, uncounted) = (build("svrkit")?, build("svrkit-uncounted")?);
    let mut table = report::table(row::COLUMNS, row::FIRST_NUMBER);
    for load in arguments.loads {
        let turns = Turns {
            cell: Cell {
                load,
                payload: arguments.payload as usize,
            },
            repeats,
            scheduler: arguments.scheduler,
            measure,
            placement,
        };
        let row = Row::new(turns.cell, &turns.pairs(counted, uncounted)?).context("a row without pairs")?;
        report.row(&row)?;
        table.add_row(row.cells());
    }
    report.print(&title, &table);
    Ok(())
}
