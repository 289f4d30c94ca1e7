//! Those who call: the processes of the simulated clients.

use std::time::Duration;

use svrkit_runtime::simulation::Random;
use svrkit_runtime::{Client, spawn};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::ledger::Ledger;
use crate::work::{Job, Task, call};

/// How many call at once from one host.
const CALLERS: u64 = 4;

/// The longest that a caller waits for an answer.
pub(crate) const TIMEOUT_MAX: Duration = Duration::from_secs(1);

const MILLISECOND: Duration = Duration::from_millis(1);

/// When a client does what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// Until then it calls without end.
    pub(crate) calls_until: Instant,
    /// From then on nothing keeps a call from being answered.
    pub(crate) well_from: Instant,
}

/// Calls until all is well again, and then until a call is answered: says how long after that was.
pub(crate) async fn run(client: Client, ledger: Ledger, random: Random, times: Times) -> Duration {
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| {
            spawn(call_on(client.clone(), ledger.clone(), random.stream(number), times.calls_until))
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    sleep_until(times.well_from).await;
    while call(&ledger, &client, Task::Quick, Job::default(), TIMEOUT_MAX / 2).await.is_err() {
        sleep(MILLISECOND).await;
    }
    Instant::now() - times.well_from
}

async fn call_on(client: Client, ledger: Ledger, mut random: Random, until: Instant) {
    while Instant::now() < until {
        sleep(random.time(&(Duration::ZERO..=Duration::from_millis(200)))).await;
        let task = Task::ALL[random.below(Task::ALL.len())];
        let job = Job {
            milliseconds: random.below(300) as u64,
            answer_len: random.below(100_000) as u64,
            payload: vec![1; random.below(4000)].into(),
            ..Job::default()
        };
        let calling = call(&ledger, &client, task, job, random.time(&(MILLISECOND..=TIMEOUT_MAX)));
        // What comes of it is in the ledger.
        if random.probably(0.2) {
            let patience = random.time(&(Duration::ZERO..=Duration::from_millis(150)));
            let _ = timeout(patience, calling).await;
        } else {
            let _ = calling.await;
        }
    }
}
