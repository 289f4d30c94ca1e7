//! The closed loop: so many connections, so many callers on each, every caller with one call under way at all times.
//!
//! Each caller is one task, which builds a request, awaits the answer and checks it. Who counts and measures is
//! `window`; who calls this is the client process.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::cpu_clock::CpuClocks;
use crate::peers::{Echo, EchoClient, EchoPeer};
use crate::window::{Measured, Window};

/// The 32 bytes that travel as a string in every request.
const NAME: &str = "a name of thirty-two bytes, here";

/// Connections × calls in flight on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub connections: u32,
    /// On each connection.
    pub in_flight: u32,
}

/// What one client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drive {
    pub address: SocketAddr,
    pub load: Load,
    /// Length of the payload in bytes.
    pub payload: usize,
    pub warm_up: Duration,
    pub measure: Duration,
}

impl Load {
    /// More callers than this on a connection, or more connections, is refused: peers' own limits begin there.
    pub(crate) const MAX: u32 = 1024;
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}x{}", self.connections, self.in_flight))
    }
}

impl FromStr for Load {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let count = |text: &str| text.parse().ok().filter(|count| (1..=Self::MAX).contains(count));
        text.split_once('x')
            .and_then(|(connections, in_flight)| {
                Some(Self {
                    connections: count(connections)?,
                    in_flight: count(in_flight)?,
                })
            })
            .ok_or_else(|| {
                format!(
                    "expected CONNECTIONSxIN_FLIGHT, each from 1 to {}, as in 16x64",
                    Self::MAX
                )
            })
    }
}

/// Connects, warms up, measures. The first call that fails or answers wrongly fails the run.
pub(crate) async fn drive<P: EchoPeer>(drive: Drive, clocks: CpuClocks) -> Result<Measured> {
    let mut clients = Vec::new();
    for _ in 0..drive.load.connections {
        clients.push(P::connect(drive.address).await.context("cannot connect")?);
    }
    let payload = payload(drive.payload);
    let window = Window::after(drive.warm_up, drive.measure, Instant::now())?;
    // One thread, so never contended.
    let window = Arc::new(Mutex::new(window));
    let mut callers = JoinSet::new();
    for client in &clients {
        for _ in 0..drive.load.in_flight {
            let caller = Caller {
                client: client.clone(),
                first_id: (callers.len() as u64) << 32,
                payload: payload.clone(),
                window: Arc::clone(&window),
                clocks,
            };
            callers.spawn(caller.run());
        }
    }
    while let Some(ended) = callers.join_next().await {
        ended.context("a caller panicked")??;
    }
    lock(&window)?.measured()
}

struct Caller<C> {
    client: C,
    first_id: u64,
    payload: Bytes,
    window: Arc<Mutex<Window>>,
    clocks: CpuClocks,
}

impl<C: EchoClient> Caller<C> {
    async fn run(mut self) -> Result<()> {
        let mut started = Instant::now();
        for id in self.first_id.. {
            let request = Echo {
                id,
                name: NAME.to_owned(),
                payload: self.payload.clone(),
            };
            let answer = self
                .client
                .echo(request)
                .await
                .with_context(|| format!("call {id:#x} failed"))?;
            self.verify(id, &answer)?;
            let now = Instant::now();
            if lock(&self.window)?
                .call_ended(started, now, || self.clocks.read())?
                .is_break()
            {
                break;
            }
            started = now;
        }
        Ok(())
    }

    /// Every answer must have the id and the length asked for; the first of each caller, every byte.
    fn verify(&self, id: u64, answer: &Echo) -> Result<()> {
        ensure!(
            answer.id == id && answer.payload.len() == self.payload.len(),
            "call {id:#x} with {} bytes was answered with id {:#x} and {} bytes",
            self.payload.len(),
            answer.id,
            answer.payload.len()
        );
        if id == self.first_id {
            ensure!(
                answer.name == NAME && answer.payload == self.payload,
                "call {id:#x}: other bytes came back"
            );
        }
        Ok(())
    }
}

/// Bytes of no special kind: no peer may gain by their being all alike.
pub(crate) fn payload(len: usize) -> Bytes {
    (0..len)
        .map(|index| (index.wrapping_mul(167) >> 3) as u8)
        .collect()
}

fn lock(window: &Mutex<Window>) -> Result<std::sync::MutexGuard<'_, Window>> {
    window.lock().map_err(|_| anyhow!("a caller panicked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_written_and_read_alike() {
        for (text, connections, in_flight) in [("1x1", 1, 1), ("1x128", 1, 128), ("1024x1024", 1024, 1024)] {
            let load: Load = text.parse().unwrap();
            assert_eq!(
                load,
                Load {
                    connections,
                    in_flight
                }
            );
            assert_eq!(load.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_load_is_refused_with_an_example() {
        for text in ["", "16", "0x1", "1x0", "1025x1", "1x1025", "ax1", "1x-1", "1x1x1"] {
            let error = text.parse::<Load>().unwrap_err();
            assert!(error.contains("16x64"), "{text}: {error}");
        }
    }

    #[test]
    fn the_name_has_the_length_the_case_states() {
        assert_eq!(NAME.len(), 32);
    }

    /// Answers at once, changed by a function.
    #[derive(Clone)]
    struct Changed(fn(Echo) -> Echo);

    impl EchoClient for Changed {
        async fn echo(&mut self, request: Echo) -> Result<Echo> {
            Ok((self.0)(request))
        }
    }

    async fn call(change: fn(Echo) -> Echo) -> Result<()> {
        let now = Instant::now();
        Caller {
            client: Changed(change),
            first_id: 7 << 32,
            payload: payload(64),
            window: Arc::new(Mutex::new(Window::after(Duration::ZERO, Duration::ZERO, now)?)),
            clocks: CpuClocks::open(None)?,
        }
        .run()
        .await
    }

    async fn check(change: fn(Echo) -> Echo, expected: &str) {
        let error = call(change).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[tokio::test]
    async fn an_answer_that_is_no_echo_fails_the_run() {
        check(
            |echo| Echo {
                id: echo.id + 1,
                ..echo
            },
            "answered with id 0x700000001",
        )
        .await;
        check(
            |echo| Echo {
                payload: echo.payload.slice(1..),
                ..echo
            },
            "and 63 bytes",
        )
        .await;
        check(
            |echo| Echo {
                payload: Bytes::from(vec![0; 64]),
                ..echo
            },
            "other bytes",
        )
        .await;
        check(
            |echo| Echo {
                name: String::new(),
                ..echo
            },
            "other bytes",
        )
        .await;
    }

    #[tokio::test]
    async fn a_caller_ends_when_the_window_has_closed() {
        call(|echo| echo).await.unwrap();
    }
}
