//! Callers who call without a pause, by connections that stay and by new ones, and count what fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use svrkit_runtime::Client;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, yield_now};

use crate::support::{ECHO, Note};

/// Callers who share a client, and with it a connection.
const STAYING: u64 = 6;
/// Callers who have a client of their own for each call.
const COMING: u64 = 2;

/// What was counted.
#[derive(Default)]
struct Counts {
    answered: AtomicUsize,
    connected: AtomicUsize,
}

pub(crate) struct Load {
    runtime: Runtime,
    stop: Arc<AtomicBool>,
    counts: Arc<Counts>,
    /// Each gives what has failed: connections that were refused and calls that were not answered.
    callers: Vec<JoinHandle<Vec<String>>>,
}

/// How a load went.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answered: usize,
    pub(crate) connected: usize,
    pub(crate) failed: Vec<String>,
}

impl Load {
    pub(crate) fn start(address: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let (stop, counts) = (Arc::<AtomicBool>::default(), Arc::<Counts>::default());
        let client = runtime.block_on(Client::connect(address)).unwrap();
        let mut callers = Vec::new();
        for number in 0..STAYING {
            let calling = stay(client.clone(), number, Arc::clone(&stop), Arc::clone(&counts));
            callers.push(runtime.spawn(calling));
        }
        for _ in 0..COMING {
            callers.push(runtime.spawn(come(address.into(), Arc::clone(&stop), Arc::clone(&counts))));
        }
        Self { runtime, stop, counts, callers }
    }

    /// Has calls answered, some of them on new connections, before it goes on.
    pub(crate) fn go_on(&self) {
        let counts =
            || [&self.counts.answered, &self.counts.connected].map(|count| count.load(Ordering::Relaxed));
        let before = counts();
        self.runtime.block_on(async {
            while counts()[0] < before[0] + 100 || counts()[1] < before[1] + 5 {
                yield_now().await;
            }
        });
    }

    pub(crate) fn stop(self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        let mut failed = Vec::new();
        for caller in self.callers {
            failed.extend(self.runtime.block_on(caller).unwrap());
        }
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        Outcome { answered: count(&self.counts.answered), connected: count(&self.counts.connected), failed }
    }
}

async fn stay(client: Client, number: u64, stop: Arc<AtomicBool>, counts: Arc<Counts>) -> Vec<String> {
    let mut failed = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        match client.request::<_, Note>(&ECHO, &Note::number(number)).await {
            Ok(note) => {
                assert_eq!(note.number, number);
                counts.answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(status) => failed.push(status.to_string()),
        }
    }
    failed
}

async fn come(address: String, stop: Arc<AtomicBool>, counts: Arc<Counts>) -> Vec<String> {
    let mut failed = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let called = async {
            let client = Client::connect(&address).await?;
            client.request::<_, Note>(&ECHO, &Note::number(7)).await
        };
        match called.await {
            Ok(_) => {
                counts.connected.fetch_add(1, Ordering::Relaxed);
            }
            Err(status) => failed.push(status.to_string()),
        }
    }
    failed
}
