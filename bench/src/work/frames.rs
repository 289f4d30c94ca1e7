//! Callers that speak frames by hand and heed nothing that they are told: what a server pays for calls that a client of ours would keep back.
//!
//! Each connection has so many calls in flight, all of them the same request, and makes another one for each that is answered. What the server refuses them for
//! (`Deaf`) is brought about first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::BytesMut;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use svrkit_runtime::wire::frame::{
    Facts, Frame, FrameDecoder, Header, Hello, RequestFacts, ResponseFacts, hello_header,
};
use svrkit_runtime::{Cause, Priority, Tlv};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};

use super::load::{Arrivals, Counts, Plan, Seen, counted};
use super::peers::svrkit::{task_of, work_ids};
use super::record::Outcome;
use crate::cpu_clock::CpuClocks;

/// What callers do not hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deaf {
    /// That the server takes no more calls, for it stops.
    Draining,
    /// That they are blocked, for they ask the same over and over.
    Blocked,
    /// That they call too often.
    Rate,
}

/// So many others call now and then, whom one that runs wild is held to.
const OTHERS: usize = 20;
const PAUSE: Duration = Duration::from_millis(200);

/// The server has brought it about within so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// More time than any of this takes.
const REMAINING_US: u32 = 3_600_000_000;

impl Deaf {
    /// What the server's refusals say.
    fn cause(self) -> Option<Cause> {
        match self {
            Self::Draining => None,
            Self::Blocked => Some(Cause::Blocked),
            Self::Rate => Some(Cause::Rate),
        }
    }

    fn refuses(self, facts: &ResponseFacts) -> bool {
        facts.code != 0 && self.cause().is_none_or(|cause| facts.cause == cause.number())
    }
}

/// Calls by a closed loop.
pub(crate) async fn drive(plan: Plan, deaf: Deaf) -> Result<Seen> {
    let Arrivals::Closed {
        callers,
        warm_up_s,
        seconds,
    } = plan.arrivals
    else {
        bail!("by hand there is no open loop");
    };
    let clocks = CpuClocks::open(plan.server)?;
    let mut connections = Vec::new();
    for _ in 0..plan.connections.max(1) {
        connections.push(Connection::open(&plan.target, "deaf").await?);
    }
    let mut tasks = JoinSet::new();
    match deaf {
        Deaf::Draining => {
            for connection in &mut connections {
                connection.hold().await?;
            }
            let server = Pid::from_raw(plan.server.context("there is no server to stop")?);
            kill(server, Signal::SIGTERM).context("cannot have it stop")?;
            for connection in &mut connections {
                connection
                    .until(|facts| matches!(facts, Facts::Goaway { .. }))
                    .await?;
            }
        }
        Deaf::Blocked => {
            for number in 0..OTHERS {
                let other = Connection::open(&plan.target, &format!("other {number}")).await?;
                tasks.spawn(other.call_now_and_then());
            }
        }
        Deaf::Rate => {}
    }
    let (counts, is_over) = (Arc::<Counts>::default(), Arc::new(AtomicBool::new(false)));
    let in_flight = callers / connections.len();
    for connection in connections {
        let (counts, is_over) = (Arc::clone(&counts), Arc::clone(&is_over));
        tasks.spawn(async move { connection.call_on(in_flight, deaf, &counts, &is_over).await });
    }
    timeout(PATIENCE, async {
        while counts[Outcome::Refused as usize].load(Ordering::Relaxed) == 0 {
            sleep(PAUSE).await;
        }
    })
    .await
    .with_context(|| format!("nothing is refused: {deaf:?}"))?;
    let window = (
        Duration::from_secs_f64(warm_up_s),
        Duration::from_secs_f64(seconds),
    );
    let closed = counted(&counts, window, &clocks).await?;
    is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.try_join_next() {
        ended.context("a caller panicked")??;
    }
    tasks.shutdown().await;
    Ok(Seen::Closed(closed))
}

struct Connection {
    stream: TcpStream,
    inbound: BytesMut,
    outbound: Vec<u8>,
    body: Vec<u8>,
    last_id: u32,
}

impl Connection {
    async fn open(target: &str, name: &str) -> Result<Self> {
        let stream = TcpStream::connect(target).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let mut connection = Self {
            stream,
            inbound: BytesMut::new(),
            outbound: Vec::new(),
            body: task_of(7)?,
            last_id: 0,
        };
        let hello = Hello {
            name: name.into(),
            ..Hello::default()
        };
        let hello = hello.encode().context("a hello")?;
        connection.put(hello_header(), &hello);
        connection.write().await?;
        connection
            .until(|facts| matches!(facts, Facts::Hello { .. }))
            .await?;
        Ok(connection)
    }

    fn put(&mut self, header: Header, body: &[u8]) {
        let header = Header {
            body_len: body.len() as u32,
            ..header
        };
        self.outbound.extend_from_slice(&header.to_bytes());
        self.outbound.extend_from_slice(body);
    }

    fn put_call(&mut self) {
        self.last_id += 1;
        let (service_id, method_id) = work_ids();
        let facts = RequestFacts {
            service_id,
            method_id,
            priority: Priority::NORMAL,
            remaining_us: REMAINING_US,
            ..RequestFacts::default()
        };
        let body = std::mem::take(&mut self.body);
        self.put(Header::new(self.last_id, Facts::Request(facts)), &body);
        self.body = body;
    }

    async fn write(&mut self) -> Result<()> {
        self.stream
            .write_all(&self.outbound)
            .await
            .context("cannot write")?;
        self.outbound.clear();
        Ok(())
    }

    /// The next frame that has arrived, if one has.
    fn arrived(&mut self) -> Result<Option<Frame>> {
        let decoder = FrameDecoder {
            body_len_max: u32::MAX,
            metadata_len_max: u16::MAX,
        };
        decoder.decode(&mut self.inbound).context("no frame")
    }

    async fn read(&mut self) -> Result<()> {
        let read = self
            .stream
            .read_buf(&mut self.inbound)
            .await
            .context("cannot read")?;
        if read == 0 {
            bail!("the server has cut the connection");
        }
        Ok(())
    }

    async fn until(&mut self, is_wanted: impl Fn(&Facts) -> bool) -> Result<()> {
        loop {
            while let Some(frame) = self.arrived()? {
                if is_wanted(&frame.header.facts) {
                    return Ok(());
                }
            }
            self.read().await?;
        }
    }

    /// Has a call in flight that nobody answers.
    async fn hold(&mut self) -> Result<()> {
        self.put_call();
        self.put(Header::new(0, Facts::Ping(7)), &[]);
        self.write().await?;
        self.until(|facts| matches!(facts, Facts::Pong(_))).await
    }

    /// Another request each time, for as long as the server is there.
    async fn call_now_and_then(mut self) -> Result<()> {
        let mut turns = interval(PAUSE);
        for number in 0.. {
            turns.tick().await;
            self.body = task_of(1000 + number)?;
            self.put_call();
            self.write().await?;
            self.until(|facts| matches!(facts, Facts::Response(_))).await?;
        }
        Ok(())
    }

    async fn call_on(
        mut self,
        in_flight: usize,
        deaf: Deaf,
        counts: &Counts,
        is_over: &AtomicBool,
    ) -> Result<()> {
        (0..in_flight).for_each(|_| self.put_call());
        while !is_over.load(Ordering::Relaxed) {
            self.write().await?;
            self.read().await?;
            while let Some(frame) = self.arrived()? {
                let Facts::Response(facts) = frame.header.facts else {
                    continue;
                };
                let outcome = match facts.code {
                    0 => Outcome::Answered,
                    _ if deaf.refuses(&facts) => Outcome::Refused,
                    _ => Outcome::Failed,
                };
                counts[outcome as usize].fetch_add(1, Ordering::Relaxed);
                self.put_call();
            }
        }
        Ok(())
    }
}
