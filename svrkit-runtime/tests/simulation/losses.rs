//! Ways that lose packets and let connections overtake one another.
//!
//! What is reordered or comes twice on its way, TCP puts in order and drops before anybody here sees it; what is left of loss is that
//! bytes come late.

use std::time::Duration;

use svrkit_runtime::simulation::Conditions;
use svrkit_runtime::{Client, Limits};
use tokio::time::Instant;

use crate::cluster::{self, Calling, join, quantile};
use crate::seeds::seeds;
use crate::work::Task;

const MILLISECOND: Duration = Duration::from_millis(1);

/// What callers see who call for two minutes over ways of 50 ms, 20 more or less: the calls, those that failed, p50 and p99. No
/// handler is asked to be idempotent: the ledger sees a second run of any call.
fn call_over(loss: f64) -> (usize, usize, Duration, Duration) {
    let mut calls = Vec::new();
    for seed in 0..seeds(1) {
        let conditions = Conditions { delay: 30 * MILLISECOND..=70 * MILLISECOND, loss };
        cluster::run(seed, conditions, 3, Limits::default(), async |cluster| {
            let callers = (0..4).map(|number| {
                let host = cluster.network.host(&format!("client{number}"));
                let until = Instant::now() + Duration::from_secs(120);
                let calling =
                    Calling { task: Task::Slow, timeout: Duration::from_secs(2), rest: MILLISECOND, until };
                cluster.caller(&host, &Client::builder(cluster.target()).lazy(), calling)
            });
            calls.extend(join(callers.collect()).await);
        });
    }
    let failed = calls.iter().filter(|call| call.failed.is_some()).count();
    let (p50, p99) = (quantile(&calls, 500), quantile(&calls, 990));
    println!(
        "{} % of packets lost: {} calls, {failed} failed, p50 {p50:?}, p99 {p99:?}",
        loss * 100.0,
        calls.len()
    );
    (calls.len(), failed, p50, p99)
}

#[test]
fn over_ways_that_lose_one_packet_of_a_hundred_calls_are_late_and_none_runs_twice() {
    let (calls, failed, p50, p99) = call_over(0.01);
    assert!(calls > 2000 && failed * 1000 <= calls, "{failed} of {calls}");
    assert!(p50 <= 140 * MILLISECOND && p99 <= 800 * MILLISECOND, "{p50:?}, {p99:?}");
}

#[test]
fn over_ways_that_lose_one_packet_of_twenty_calls_are_late_and_none_runs_twice() {
    let (calls, failed, p50, p99) = call_over(0.05);
    assert!(calls > 2000 && failed * 100 <= calls, "{failed} of {calls}");
    assert!(p50 <= 160 * MILLISECOND && p99 <= 1600 * MILLISECOND, "{p50:?}, {p99:?}");
}
