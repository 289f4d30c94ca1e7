//! Streams at full speed: so many connections, so many streams on each, every reader taking what comes.
//!
//! Messages are counted, not timed: between two readings of the clocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::cpu_clock::CpuClocks;
use crate::load::{self, Drive};
use crate::peers::{Echo, EchoPeer, Messages, StreamClient};
use crate::window::Measured;

/// What came of streams at full speed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Poured {
    /// Messages a second, of all streams together.
    pub messages_s: f64,
    /// The server's CPU time per message, user and system, in microseconds; zero when its clock was not read.
    pub server_cpu_us: f64,
    /// The client's, likewise.
    pub client_cpu_us: f64,
}

/// Connects, opens the streams, warms up, counts.
pub(crate) async fn drive<P: EchoPeer<Client: StreamClient>>(
    drive: Drive,
    clocks: CpuClocks,
) -> Result<Poured> {
    let taken = Arc::<AtomicU64>::default();
    let mut readers = JoinSet::new();
    for _ in 0..drive.load.connections {
        let mut client = P::connect(drive.address).await.context("cannot connect")?;
        for _ in 0..drive.load.in_flight {
            let messages = client.pour(first(drive.payload)).await?;
            readers.spawn(read(messages, drive.payload, Arc::clone(&taken)));
        }
    }
    tokio::select! {
        ended = readers.join_next() => match ended {
            Some(ended) => bail!("a stream ended: {:?}", ended.context("a reader panicked")?),
            None => bail!("there are no streams"),
        },
        poured = count(&drive, &taken, clocks) => poured,
    }
}

/// The same load as of the case echo, beside a connection whose reader takes one message and no more.
pub(crate) async fn drive_beside<P: EchoPeer<Client: StreamClient>>(
    drive: Drive,
    clocks: CpuClocks,
) -> Result<Measured> {
    let mut client = P::connect(drive.address).await.context("cannot connect")?;
    let mut stopped = client.pour(first(drive.payload)).await?;
    stopped.next().await.context("the stream that is to stop")?;
    let measured = load::drive::<P>(drive, clocks).await;
    drop(stopped);
    measured
}

fn first(payload: usize) -> Echo {
    Echo {
        id: 0,
        name: String::new(),
        payload: load::payload(payload),
    }
}

/// Ends with an error alone.
async fn read(mut messages: impl Messages, payload: usize, taken: Arc<AtomicU64>) -> Result<()> {
    for expected in 0.. {
        let (id, len) = messages.next().await?.context("the stream has ended")?;
        ensure!(
            (id, len) == (expected, payload),
            "message {expected} of {payload} bytes came as {id} of {len}"
        );
        taken.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

async fn count(drive: &Drive, taken: &AtomicU64, clocks: CpuClocks) -> Result<Poured> {
    sleep(drive.warm_up).await;
    let (began, before, cpu) = (Instant::now(), taken.load(Ordering::Relaxed), clocks.read()?);
    sleep(drive.measure).await;
    let (seconds, after, end) = (
        began.elapsed().as_secs_f64(),
        taken.load(Ordering::Relaxed),
        clocks.read()?,
    );
    let messages = (after - before) as f64;
    ensure!(messages > 0.0, "no message came within the measured window");
    let each =
        |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() * 1e6 / messages;
    Ok(Poured {
        messages_s: messages / seconds,
        server_cpu_us: each(cpu.server, end.server),
        client_cpu_us: each(cpu.client, end.client),
    })
}
