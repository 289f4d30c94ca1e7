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
pub(crate) const TIMEOUT_MAX: Duration = Duration::from_secs(2);

const MILLISECOND: Duration = Duration::from_millis(1);

/// When a client does what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// Until then it calls without end.
    pub(crate) calls_until: Instant,
    /// From then on nothing keeps a call from being answered.
    pub(crate) well_from: Instant,
}

/// Calls until all is well again, and then until some calls at once are all answered: says how long after that was. If places were lost,
/// one of them would wait for its place, or be refused.
pub(crate) async fn run(
    client: Client,
    ledger: Ledger,
    random: Random,
    times: Times,
    payload_max: usize,
) -> Duration {
    let call_on = |number| {
        let (client, ledger, random) = (client.clone(), ledger.clone(), random.stream(number));
        spawn(call_on(client, ledger, random, times.calls_until, payload_max))
    };
    for caller in (0..CALLERS).map(call_on).collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    sleep_until(times.well_from).await;
    let quick = || call(&ledger, &client, Task::Quick, Job::default(), TIMEOUT_MAX / 4);
    loop {
        let (a, b, c, d) = tokio::join!(quick(), quick(), quick(), quick());
        if [a, b, c, d].iter().all(Result::is_ok) {
            return Instant::now() - times.well_from;
        }
        // A connection may be lost without anybody's having noticed.
        sleep(MILLISECOND).await;
    }
}

async fn call_on(client: Client, ledger: Ledger, mut random: Random, until: Instant, payload_max: usize) {
    while Instant::now() < until {
        sleep(random.time(&(Duration::ZERO..=Duration::from_millis(200)))).await;
        let task = Task::ALL[random.below(Task::ALL.len())];
        let payload_max = if random.probably(0.1) { payload_max } else { 4000 };
        // A drain that waits for the longest ones waits longer than peers are given to close.
        let work_max = if random.probably(0.2) { 1500 } else { 300 };
        let job = Job {
            milliseconds: random.below(work_max) as u64,
            answer_len: random.below(100_000) as u64,
            payload: vec![1; random.below(payload_max)].into(),
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
