//! idle: what a connection costs that nobody uses: to open it, memory of the server, and how often it wakes up for nothing.
//!
//! The connections are held by a process of their own, after one call on each. What the kernel keeps for a socket is not
//! counted: it is the same for all.

mod row;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::{ArgMatches, Args, FromArgMatches};
use tokio::time::sleep;

use self::row::Row;
use super::Case;
use crate::child::{self, Seat, peer_names};
use crate::cpu_clock::CpuClocks;
use crate::hold::HELD;
use crate::peers::{PEERS, Peer};
use crate::pin::Placement;
use crate::process::Process;
use crate::report::{self, Report};
use crate::scheduler::Scheduler;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "idle",
    about: "idle connections of svrkit, tonic, tarpc and a bare loop: opening, memory, wake-ups",
    arguments: IdleArguments::augment_args,
    run,
};

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How long opening all connections may take.
const OPEN_LIMIT: Duration = Duration::from_secs(120);
/// What was opened last is given time to fall silent: longer than the deadline of its one call.
const SETTLE: Duration = Duration::from_secs(12);

#[derive(Args, Clone, Debug)]
struct IdleArguments {
    /// Only these peers
    #[arg(long, value_name = "PEER,…", value_delimiter = ',', value_parser = peer_names())]
    peers: Vec<String>,
    /// How many connections are held [default: 15000; quick: 200]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    connections: Option<u32>,
    /// For how long they are watched, in seconds [default: 10; quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: Option<u64>,
    /// Tokio's scheduler, the same for every server and client
    #[arg(long, value_enum, default_value_t)]
    scheduler: Scheduler,
}

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = IdleArguments::from_arg_matches(matches)?;
    let connections = arguments.connections.unwrap_or(if quick { 200 } else { 15_000 });
    let watched = Duration::from_secs(arguments.seconds.unwrap_or(if quick { 1 } else { 10 }));
    let placement = Placement::choose(None)?;
    let title = format!(
        "idle: {connections} connections, watched for {} s; {placement}",
        watched.as_secs()
    );
    eprintln!("{title}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut table = report::table(row::COLUMNS, 1);
    for peer in PEERS {
        if !peer.is_asked_for(&arguments.peers) {
            continue;
        }
        let measured = once(peer, connections, watched, arguments.scheduler, placement, quick);
        let row = runtime
            .block_on(measured)
            .with_context(|| format!("{} failed", peer.name))?;
        report.row(&row)?;
        table.add_row(row.cells());
    }
    report.print(&title, &table);
    Ok(())
}

async fn once(
    peer: &'static Peer,
    connections: u32,
    watched: Duration,
    scheduler: Scheduler,
    placement: Placement,
    quick: bool,
) -> Result<Row> {
    let seat = |core| Seat { core, scheduler };
    let mut server = Process::start(&child::server_arguments(peer, seat(placement.server())))?;
    let address = server
        .line(START_LIMIT)
        .await
        .context("the server did not start")?;
    let address = address
        .parse()
        .with_context(|| format!("the server printed `{address}`, not its address"))?;
    let before = server.rss_kib()?;
    let clocks = CpuClocks::open(Some(server.id()? as i32))?;
    let cpu = clocks.read()?.server;
    let mut holder = Process::start(&child::holder_arguments(
        peer,
        address,
        connections,
        seat(placement.client()),
    ))?;
    let said = holder
        .line(OPEN_LIMIT)
        .await
        .context("the connections were not opened")?;
    anyhow::ensure!(said == HELD, "the holder printed `{said}`");
    let opening = clocks.read()?.server - cpu;
    sleep(if quick { SETTLE / 12 } else { SETTLE }).await;

    let (switches, cpu) = (server.wake_ups()?, clocks.read()?.server);
    sleep(watched).await;
    let seconds = watched.as_secs_f64();
    let row = Row::new(
        peer.name,
        connections,
        opening,
        before,
        server.rss_kib()?,
        (server.wake_ups()? - switches) as f64 / seconds,
        (clocks.read()?.server - cpu).as_secs_f64() * 1e3 / seconds,
    );
    holder.stop().await?;
    server.stop().await?;
    Ok(row)
}
