//! Running one cell: for each repeat, each peer in turn, a fresh server and a fresh client.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};

use super::row::Sample;
use super::{Cell, Plan, Row};
use crate::child::{self, Seat};
use crate::load::Drive;
use crate::peers::Peer;
use crate::pin::Placement;
use crate::process::Process;
use crate::window::Measured;

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How much longer than its plan a client may take: connecting, and the last calls under way.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// Runs `cell` for every peer of the plan. The first failure ends it, with the peer's name: half a comparison is none.
pub(super) async fn cell(plan: &Plan, cell: &Cell, placement: Placement) -> Result<Vec<Row>> {
    let mut samples: Vec<Vec<Sample>> = plan.peers.iter().map(|_| Vec::new()).collect();
    for repeat in 1..=plan.repeats {
        for (peer, samples) in plan.peers.iter().zip(&mut samples) {
            let sample = once(plan, cell, peer, placement)
                .await
                .with_context(|| format!("{} failed at {cell}, repeat {repeat}", peer.name))?;
            let Measured {
                calls_s,
                server_cpu_us,
                ..
            } = sample.measured;
            eprintln!(
                "{cell} #{repeat} {:<7} {calls_s:>9.0} calls/s {server_cpu_us:>8.2} µs",
                peer.name
            );
            samples.push(sample);
        }
    }
    plan.peers
        .iter()
        .zip(samples)
        .map(|(peer, samples)| Row::new(peer.name, *cell, samples))
        .collect()
}

async fn once(plan: &Plan, cell: &Cell, peer: &Peer, placement: Placement) -> Result<Sample> {
    let seat = |core| Seat {
        core,
        scheduler: plan.scheduler,
    };
    let mut server =
        Process::start(&child::server_arguments(peer, seat(placement.server()))).context("the server")?;
    let address = server
        .line(START_LIMIT)
        .await
        .context("the server did not start")?;
    let address: SocketAddr = address
        .parse()
        .with_context(|| format!("the server printed `{address}`, not its address"))?;
    let drive = Drive {
        address,
        load: cell.load,
        payload: cell.payload,
        warm_up: plan.warm_up,
        measure: plan.measure,
    };
    let client = client(peer, &drive, server.id()?, seat(placement.client())).await;
    if let Some(status) = server.ended() {
        return client
            .and_then(|_| anyhow::bail!("it answered"))
            .context(format!("the server ended, {status}"));
    }
    let sample = Sample {
        measured: client?,
        rss_kib: server.peak_rss_kib().context("the server")?,
    };
    server.stop().await.context("the server")?;
    Ok(sample)
}

async fn client(peer: &Peer, drive: &Drive, server: u32, seat: Seat) -> Result<Measured> {
    let arguments = child::client_arguments(peer, drive, server, seat);
    let mut client = Process::start(&arguments).context("the client")?;
    let limit = drive.warm_up + drive.measure + DRAIN_LIMIT;
    let line = client.line(limit).await.context("the client gave no figures")?;
    serde_json::from_str(&line).with_context(|| format!("the client printed `{line}`, no figures"))
}
