//! Running: for each repeat each peer in turn, a fresh server and a fresh client.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

use super::row::{Poured, Stopped};
use super::{Pace, Peer};
use crate::child::{self, Seat};
use crate::load::{Drive, Load};
use crate::pour;
use crate::process::Process;
use crate::stats::median;
use crate::window::Measured;

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How much longer than its plan a client may take.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);
/// Of the calls beside a reader that has stopped.
const PAYLOAD: usize = 64;

type ClientArguments = fn(&Peer, &Drive, u32, Seat) -> Vec<String>;

/// Streams at full speed, by each peer.
pub(super) async fn poured(
    peers: &[&'static Peer],
    pace: Pace,
    load: Load,
    payload: usize,
) -> Result<Vec<Poured>> {
    let mut samples: Vec<Vec<(pour::Poured, u64)>> = peers.iter().map(|_| Vec::new()).collect();
    for _ in 0..pace.repeats {
        for (peer, samples) in peers.iter().zip(&mut samples) {
            let sample: (pour::Poured, u64) = once(peer, pace, load, payload, child::pourer_arguments)
                .await
                .with_context(|| format!("{} failed at {load} {payload} B", peer.name))?;
            eprintln!(
                "{load} {payload} B {:<7} {:>9.0} messages/s",
                peer.name, sample.0.messages_s
            );
            samples.push(sample);
        }
    }
    let row = |(peer, samples): (&&'static Peer, Vec<(pour::Poured, u64)>)| {
        let middle = |value: fn(&(pour::Poured, u64)) -> f64| {
            median(samples.iter().map(value)).context("a row without repeats")
        };
        Ok(Poured {
            case: "stream",
            peer: peer.name,
            connections: load.connections,
            streams: load.in_flight,
            payload,
            messages_s: rounded(middle(|(poured, _)| poured.messages_s)?),
            server_cpu_us: rounded(middle(|(poured, _)| poured.server_cpu_us)?),
            client_cpu_us: rounded(middle(|(poured, _)| poured.client_cpu_us)?),
            rss_kib: middle(|(_, rss_kib)| *rss_kib as f64)? as u64,
        })
    };
    peers.iter().zip(samples).map(row).collect()
}

/// Calls without and beside a stream whose reader has stopped, by each peer.
pub(super) async fn stopped(peers: &[&'static Peer], pace: Pace, load: Load) -> Result<Vec<Stopped>> {
    let mut rows = Vec::new();
    for peer in peers {
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..pace.repeats {
            let sides: [(&mut Vec<(Measured, u64)>, ClientArguments); 2] = [
                (&mut alone, child::client_arguments),
                (&mut beside, child::client_arguments_beside),
            ];
            for (samples, arguments) in sides {
                samples.push(
                    once(peer, pace, load, PAYLOAD, arguments)
                        .await
                        .with_context(|| format!("{} failed", peer.name))?,
                );
            }
        }
        let p99 = |samples: &[(Measured, u64)]| {
            median(samples.iter().map(|(measured, _)| measured.p99_us)).context("a row without repeats")
        };
        let rss = |samples: &[(Measured, u64)]| {
            median(samples.iter().map(|(_, rss_kib)| *rss_kib as f64)).context("a row without repeats")
        };
        rows.push(Stopped {
            case: "stream-stopped",
            peer: peer.name,
            connections: load.connections,
            in_flight: load.in_flight,
            p99_us: rounded(p99(&alone)?),
            p99_beside_us: rounded(p99(&beside)?),
            ratio: rounded(p99(&beside)? / p99(&alone)?),
            rss_growth_kib: (rss(&beside)? - rss(&alone)?) as i64,
        });
    }
    Ok(rows)
}

/// What the client printed, and the server's peak in KiB.
async fn once<T: DeserializeOwned>(
    peer: &Peer,
    pace: Pace,
    load: Load,
    payload: usize,
    arguments: ClientArguments,
) -> Result<(T, u64)> {
    let seat = |core| Seat {
        core,
        scheduler: pace.scheduler,
    };
    let mut server = Process::start(&child::server_arguments(peer, seat(pace.placement.server())))
        .context("the server")?;
    let address = server
        .line(START_LIMIT)
        .await
        .context("the server did not start")?;
    let address: SocketAddr = address
        .parse()
        .with_context(|| format!("the server printed `{address}`, not its address"))?;
    let drive = Drive {
        address,
        load,
        payload,
        warm_up: pace.warm_up,
        measure: pace.measure,
    };
    let arguments = arguments(peer, &drive, server.id()?, seat(pace.placement.client()));
    let mut client = Process::start(&arguments).context("the client")?;
    let limit = drive.warm_up + drive.measure + DRAIN_LIMIT;
    let line = client.line(limit).await.context("the client gave no figures")?;
    let figures =
        serde_json::from_str(&line).with_context(|| format!("the client printed `{line}`, no figures"))?;
    let rss_kib = server.peak_rss_kib().context("the server")?;
    server.stop().await.context("the server")?;
    Ok((figures, rss_kib))
}

/// To a thousandth: more digits than any measurement has.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
