//! Running one cell: for each repeat, each peer in turn, a fresh server and a fresh client.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::row::Sample;
use super::{Cell, Plan, Row};
use crate::child::{self, Seat};
use crate::load::Drive;
use crate::peers::Peer;
use crate::pin::Placement;
use crate::process::{Process, own_program};
use crate::scheduler::Scheduler;
use crate::window::Measured;

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How much longer than its plan a client may take: connecting, and the last calls under way.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// One server and one client, of one peer in one cell.
#[derive(Debug)]
pub(in crate::cases) struct Once<'a> {
    /// This program, or another build of it.
    pub program: &'a Path,
    pub peer: &'a Peer,
    pub cell: Cell,
    pub scheduler: Scheduler,
    pub warm_up: Duration,
    pub measure: Duration,
    pub placement: Placement,
}

/// Runs `cell` for every peer of the plan. The first failure ends it, with the peer's name: half a comparison is none.
pub(super) async fn cell(plan: &Plan, cell: &Cell, placement: Placement) -> Result<Vec<Row>> {
    let program = own_program()?;
    let mut samples: Vec<Vec<Sample>> = plan.peers.iter().map(|_| Vec::new()).collect();
    for repeat in 1..=plan.repeats {
        for (peer, samples) in plan.peers.iter().zip(&mut samples) {
            let once = Once {
                program: &program,
                peer,
                cell: *cell,
                scheduler: plan.scheduler,
                warm_up: plan.warm_up,
                measure: plan.measure,
                placement,
            };
            let sample = once
                .run()
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

impl Once<'_> {
    /// Measures.
    pub(in crate::cases) async fn run(&self) -> Result<Sample> {
        let server_arguments = child::server_arguments(self.peer, self.seat(self.placement.server()));
        let mut server = Process::start_of(self.program, &server_arguments).context("the server")?;
        let address = server
            .line(START_LIMIT)
            .await
            .context("the server did not start")?;
        let address: SocketAddr = address
            .parse()
            .with_context(|| format!("the server printed `{address}`, not its address"))?;
        let drive = Drive {
            address,
            load: self.cell.load,
            payload: self.cell.payload,
            warm_up: self.warm_up,
            measure: self.measure,
        };
        let client = self.client(&drive, server.id()?).await;
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

    async fn client(&self, drive: &Drive, server: u32) -> Result<Measured> {
        let arguments = child::client_arguments(self.peer, drive, server, self.seat(self.placement.client()));
        let mut client = Process::start_of(self.program, &arguments).context("the client")?;
        let limit = drive.warm_up + drive.measure + DRAIN_LIMIT;
        let line = client.line(limit).await.context("the client gave no figures")?;
        serde_json::from_str(&line).with_context(|| format!("the client printed `{line}`, no figures"))
    }

    fn seat(&self, core: Option<usize>) -> Seat {
        Seat {
            core,
            scheduler: self.scheduler,
        }
    }
}
