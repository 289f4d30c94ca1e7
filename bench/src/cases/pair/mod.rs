//! pair: svrkit's echo of this build beside that of another one, or in another form, by turns: what a change has cost, or protection does.
//!
//! Figures of two runs differ by the hour as well as by the code. Here both sides run within the same seconds, in an order that
//! changes with each repeat, and what counts is how the pairs differ.

mod row;
mod turns;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{ArgMatches, Args, FromArgMatches};

use self::row::Row;
pub(super) use self::turns::{Build, Turns};
use super::Case;
use super::echo::{Cell, Sample, seconds};
use crate::load::Load;
use crate::peers::Peer;
use crate::pin::Placement;
use crate::process::own_program;
use crate::report::{self, Report};
use crate::scheduler::Scheduler;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "pair",
    about: "unary echo of this build beside another build of this program, or another form of it, by turns",
    arguments: PairArguments::augment_args,
    run,
};

/// What svrkit may be here.
const FORMS: [&str; 3] = ["svrkit", "svrkit-off", "svrkit-uncounted"];

#[derive(Args, Clone, Debug)]
struct PairArguments {
    /// This program as it was built of another state of the source [default: this build]
    #[arg(long, value_name = "PROGRAM")]
    before: Option<PathBuf>,
    /// What this build is: `svrkit`, or without its protection or metrics
    #[arg(long, value_name = "PEER", default_value = "svrkit", value_parser = FORMS)]
    peer: String,
    /// What it is beside
    #[arg(long, value_name = "PEER", default_value = "svrkit", value_parser = FORMS)]
    beside: String,
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
    let arguments = PairArguments::from_arg_matches(matches)?;
    let own = own_program()?;
    let before = arguments.before.as_deref();
    if let Some(before) = before {
        ensure!(
            before.is_file(),
            "--before: there is no program {}",
            before.display()
        );
    }
    ensure!(
        before.is_some() || arguments.peer != arguments.beside,
        "--before or --beside: {} is to be beside something else",
        arguments.peer
    );
    let repeats = arguments.repeats.unwrap_or(if quick { 2 } else { 20 });
    let measure = arguments
        .measure
        .unwrap_or(Duration::from_millis(if quick { 300 } else { 1_000 }));
    let placement = Placement::choose(None)?;
    let title = format!(
        "pair: {} beside {} of {}; {placement}; scheduler {}; {repeats} pairs of {} s",
        arguments.peer,
        arguments.beside,
        if before.is_some() {
            "the build before"
        } else {
            "this build"
        },
        arguments.scheduler,
        measure.as_secs_f64()
    );
    eprintln!("{title}");

    let after = Build {
        name: "this build",
        program: &own,
        peer: peer(&arguments.peer)?,
    };
    let before = Build {
        name: "what is beside it",
        program: before.unwrap_or(&own),
        peer: peer(&arguments.beside)?,
    };
    let mut table = report::table(row::COLUMNS, row::FIRST_NUMBER);
    for load in arguments.loads {
        let cell = Cell {
            load,
            payload: arguments.payload as usize,
        };
        let turns = Turns {
            cell,
            repeats,
            scheduler: arguments.scheduler,
            measure,
            placement,
        };
        let row = Row::new(cell, &turns.pairs(after, before)?).context("a row without pairs")?;
        report.row(&row)?;
        table.add_row(row.cells());
    }
    report.print(&title, &table);
    Ok(())
}

fn peer(name: &str) -> Result<&'static Peer> {
    Peer::named(name).with_context(|| format!("there is no peer {name}"))
}
