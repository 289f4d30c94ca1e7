//! Processes that stand still for a while, as those do that are stopped, swapped out or moved to another machine.

use std::time::Duration;

use svrkit_runtime::simulation::Conditions;
use svrkit_runtime::{Client, Limits};
use tokio::time::{Instant, sleep};

use crate::cluster::{self, Calling, Seen, join};
use crate::streams;
use crate::work::{Job, Task, call};

const MILLISECOND: Duration = Duration::from_millis(1);
const DELAY: Duration = Duration::from_millis(5);
/// A deadline that comes within a pause.
const HASTY: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_secs(5);

/// Limits that are over sooner than a pause: nobody is to be accused of what he has slept through.
fn short() -> Limits {
    Limits {
        frame_timeout: Duration::from_secs(2),
        stream_idle: Duration::from_secs(2),
        hello_timeout: Duration::from_secs(2),
        ..Limits::default()
    }
}

/// Callers with time for it and callers without, while a side is paused: the first are all answered, the others told in time.
fn pause(is_server: bool) {
    cluster::run(1, Conditions::delay(DELAY), 1, short(), async |cluster| {
        let host = cluster.network.host("client");
        let client = Client::builder(cluster.target()).limits(short()).lazy();
        let until = Instant::now() + Duration::from_secs(10);
        let calling = |timeout| Calling { task: Task::Slow, timeout, rest: 10 * MILLISECOND, until };
        let with_time = |_| cluster.caller(&host, &client, calling(Duration::from_secs(30)));
        let patient = (0..8).map(with_time).collect();
        let others = Client::builder(cluster.target()).limits(short()).lazy();
        let hasty = vec![cluster.caller(&host, &others, calling(HASTY))];
        sleep(Duration::from_secs(2)).await;
        let paused = Instant::now();
        let stopped = if is_server { &cluster.servers[0] } else { &host };
        if !is_server {
            cluster.ledger.stand_still(PAUSE);
        }
        stopped.pause();
        sleep(PAUSE).await;
        stopped.resume();
        let (patient, hasty) = (join(patient).await, join(hasty).await);
        let late = |calls: &[Seen]| calls.iter().filter(|call| call.failed.is_some()).count();
        println!(
            "{} paused for {PAUSE:?}: of {} calls with time {} failed, of {} without {}",
            if is_server { "server" } else { "client" },
            patient.len(),
            late(&patient),
            hasty.len(),
            late(&hasty)
        );
        assert_eq!(late(&patient), 0, "{patient:?}");
        // An answer that came in time is given to a caller who slept meanwhile; a caller who did not was told in time.
        let lost: Vec<&Seen> = hasty.iter().filter(|call| call.failed.is_some()).collect();
        let is_of_pause = |call: &&Seen| call.ended > paused && call.began < paused + PAUSE;
        assert!(lost.iter().all(is_of_pause), "{lost:?}");
        let is_told = |call: &&Seen| call.took() <= HASTY + MILLISECOND;
        assert!(lost.iter().all(is_told), "{lost:?}");
        assert_eq!(lost.is_empty(), !is_server, "{lost:?}");
    });
}

#[test]
fn a_server_that_was_paused_answers_whoever_still_waits() {
    pause(true);
}

#[test]
fn a_client_that_was_paused_gets_its_answers() {
    pause(false);
}

/// Half of a body, a hello, and the messages of a stream wait in the socket of a process that is paused: none of them was late.
#[test]
fn nothing_that_came_in_a_pause_was_late() {
    for pauses in 0..20 {
        cluster::run(pauses, Conditions::delay(DELAY), 1, short(), async |cluster| {
            let host = cluster.network.host("client");
            let client = Client::builder(cluster.target()).limits(short()).connect().await.unwrap();
            let (ledger, target) = (&cluster.ledger, cluster.target());
            let long = Job { payload: vec![7; 2_000_000].into(), ..Job::default() };
            let patient = Duration::from_secs(60);
            let paused = async {
                // Anywhere within what goes on.
                sleep(MILLISECOND * pauses as u32).await;
                cluster.servers[0].pause();
                sleep(PAUSE).await;
                cluster.servers[0].resume();
            };
            let greeting = host.spawn(async move {
                sleep(10 * MILLISECOND).await;
                Client::builder(target).limits(Limits { hello_timeout: PAUSE * 2, ..short() }).connect().await
            });
            let (whole, streamed, ()) = tokio::join!(
                call(ledger, &client, Task::Quick, long, patient),
                streams::steady(ledger, &client, PAUSE + Duration::from_secs(1)),
                paused
            );
            assert!(whole.is_ok(), "{pauses} ms: {whole:?}");
            assert!(streamed.is_ok(), "{pauses} ms: {streamed:?}");
            assert!(greeting.await.unwrap().is_ok(), "{pauses} ms");
        });
    }
}
