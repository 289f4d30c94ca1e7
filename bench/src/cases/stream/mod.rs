//! stream: a server that sends messages without a pause, as fast as they are taken; and what a reader that stops costs others.
//!
//! Server and client are processes of their own on cores of their own. Peers take turns within each repeat; a row is the medians
//! of its repeats.

mod row;
mod run;

use std::time::Duration;

use anyhow::Result;
use clap::{ArgMatches, Args, FromArgMatches};

use super::Case;
use crate::child::peer_names;
use crate::load::Load;
use crate::peers::{PEERS, Peer};
use crate::pin::Placement;
use crate::report::{self, Report};
use crate::scheduler::Scheduler;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "stream",
    about: "server streaming by svrkit and tonic: messages a second, CPU; a reader that stops",
    arguments: StreamArguments::augment_args,
    run,
};

/// Those who go on beside the reader that stops: connections x calls in flight on each.
const OTHERS: Load = Load {
    connections: 15,
    in_flight: 4,
};

#[derive(Args, Clone, Debug)]
struct StreamArguments {
    /// Only these peers
    #[arg(long, value_name = "PEER,…", value_delimiter = ',', value_parser = peer_names())]
    peers: Vec<String>,
    /// Connections x streams on each
    #[arg(long, value_name = "CxS,…", value_delimiter = ',', default_value = "1x1,1x16")]
    loads: Vec<Load>,
    /// Lengths of a message's payload in bytes
    #[arg(long, value_name = "BYTES,…", value_delimiter = ',', default_value = "64,1024",
        value_parser = clap::value_parser!(u64).range(0..=1 << 20))]
    payloads: Vec<u64>,
    /// Repeats of each row [default: 5; quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: Option<u32>,
    /// Tokio's scheduler, the same for every server and client
    #[arg(long, value_enum, default_value_t)]
    scheduler: Scheduler,
}

/// How each run goes.
#[derive(Clone, Copy, Debug)]
struct Pace {
    repeats: u32,
    warm_up: Duration,
    measure: Duration,
    scheduler: Scheduler,
    placement: Placement,
}

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = StreamArguments::from_arg_matches(matches)?;
    let (warm_up, measure) = if quick { (100, 300) } else { (500, 2_000) };
    let pace = Pace {
        repeats: arguments.repeats.unwrap_or(if quick { 1 } else { 5 }),
        warm_up: Duration::from_millis(warm_up),
        measure: Duration::from_millis(measure),
        scheduler: arguments.scheduler,
        placement: Placement::choose(None)?,
    };
    let title = format!(
        "stream: {}; scheduler {}; {} × {} s",
        pace.placement,
        pace.scheduler,
        pace.repeats,
        pace.measure.as_secs_f64()
    );
    eprintln!("{title}");
    let asked = |peer: &&Peer| peer.pour.is_some() && peer.is_asked_for(&arguments.peers);
    let peers: Vec<&'static Peer> = PEERS.iter().filter(asked).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;

    let mut poured = report::table(row::POURED, 1);
    for &load in &arguments.loads {
        for &payload in &arguments.payloads {
            for row in runtime.block_on(run::poured(&peers, pace, load, payload as usize))? {
                report.row(&row)?;
                poured.add_row(row.cells());
            }
        }
    }
    let mut stopped = report::table(row::STOPPED, 1);
    for row in runtime.block_on(run::stopped(&peers, pace, OTHERS))? {
        report.row(&row)?;
        stopped.add_row(row.cells());
    }
    report.print_all(
        &title,
        &[
            ("A server that sends without a pause".to_owned(), poured),
            (
                format!("Calls ({OTHERS}) without and beside a stream whose reader has stopped"),
                stopped,
            ),
        ],
    );
    Ok(())
}
