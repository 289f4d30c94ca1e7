//! Peers that vanish without a word, and what comes when the way to them is whole again.

use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Host};
use svrkit_runtime::{Client, Code, Limits};
use tokio::time::{Instant, sleep};

use crate::cluster::{self, Calling, Cluster, Seen, join};
use crate::seeds::seeds;
use crate::work::{Job, Task, call};

const MILLISECOND: Duration = Duration::from_millis(1);
const DELAY: Duration = Duration::from_millis(5);

/// What each call is given.
const TIMEOUT: Duration = Duration::from_millis(200);

/// Which way of a host's nothing passes.
#[derive(Clone, Copy, Debug)]
enum Ways {
    Both,
    To,
    From,
}

impl Ways {
    const ALL: [Self; 3] = [Self::Both, Self::To, Self::From];

    fn cut(self, cluster: &Cluster, host: &Host, clients: &[Host]) {
        for client in clients {
            match self {
                Self::Both => cluster.network.cut(client, host),
                Self::To => cluster.network.cut_one_way(client, host),
                Self::From => cluster.network.cut_one_way(host, client),
            }
        }
    }
}

fn quick(until: Instant) -> Calling {
    Calling { task: Task::Quick, timeout: TIMEOUT, rest: 10 * MILLISECOND, until }
}

/// Eight callers share a client of three servers. One of those becomes a black hole: its packets, or those to it, vanish.
#[test]
fn a_black_hole_is_left_after_two_deadlines_and_no_call_is_stuck() {
    for ways in Ways::ALL {
        let (mut lost_most, mut latest) = (0, Duration::ZERO);
        for seed in 0..seeds(2) {
            cluster::run(seed, Conditions::delay(DELAY), 3, Limits::default(), async |cluster| {
                let host = cluster.network.host("client");
                let client = Client::builder(cluster.target()).lazy();
                let until = Instant::now() + Duration::from_secs(4);
                let callers = (0..8).map(|_| cluster.caller(&host, &client, quick(until))).collect();
                sleep(Duration::from_secs(1)).await;
                let cut = Instant::now();
                ways.cut(cluster, &cluster.servers[0], &[host]);
                let calls = join(callers).await;
                let lost: Vec<&Seen> = calls.iter().filter(|call| call.failed.is_some()).collect();
                assert!(lost.iter().all(|call| call.took() <= TIMEOUT + MILLISECOND), "{lost:?}");
                let last = lost.iter().map(|call| call.ended - cut).max().unwrap_or_default();
                (lost_most, latest) = (lost.len().max(lost_most), last.max(latest));
            });
        }
        println!("black hole ({ways:?}): at most {lost_most} calls lost, the last {latest:?} after the cut");
        assert!(lost_most > 0, "nothing was cut");
        assert!(latest <= 2 * TIMEOUT + 2 * MILLISECOND, "{latest:?}");
        assert!(lost_most <= 8, "{lost_most}");
    }
}

/// A caller that vanishes leaves a call, a stream and a connection behind.
#[test]
fn what_a_caller_that_vanished_has_left_ends_by_its_limits() {
    cluster::run(1, Conditions::delay(DELAY), 1, Limits::default(), async |cluster| {
        let host = cluster.network.host("client");
        let (ledger, target) = (cluster.ledger.clone(), cluster.target());
        let vanished = host.spawn(async move {
            let client = Client::connect(target).await.unwrap();
            let streaming = ledger.call(Task::Collect, Instant::now() + Duration::from_secs(60));
            let mut jobs = client.client_stream::<Job, Job>(Task::Collect.spec()).timeout(TIMEOUT);
            jobs.send(&Job { number: streaming.number(), ..Job::default() }).await.unwrap();
            // Until the host is gone, and with it all of this.
            call(&ledger, &client, Task::Wait, Job::default(), Duration::from_secs(2)).await
        });
        let left = || (cluster.ledger.running(), cluster.network.sockets());
        sleep(Duration::from_millis(100)).await;
        assert_eq!(left(), (2, 2));
        host.lose_power();
        assert!(vanished.await.is_err());
        sleep(Duration::from_millis(100)).await;
        assert_eq!(left(), (2, 1), "nobody knows");
        sleep(Duration::from_secs(2)).await;
        assert_eq!(left(), (1, 1), "the call's deadline is over");
        let limits = Limits::default();
        sleep(limits.stream_idle * 5 / 4).await;
        assert_eq!(left(), (0, 1), "stream.idle is over");
        sleep(limits.connection_idle + Duration::from_secs(2)).await;
        assert_eq!(left(), (0, 0), "connection.idle is over");
    });
}

/// Thirty clients are cut off from their only server for two minutes, and call all the while.
#[test]
fn after_a_partition_each_client_connects_once_and_no_call_was_answered_wrong() {
    const CLIENTS: usize = 30;
    for ways in Ways::ALL {
        cluster::run(3, Conditions::delay(DELAY), 1, Limits::default(), async |cluster| {
            let until = Instant::now() + Duration::from_secs(135);
            let hosts: Vec<Host> =
                (0..CLIENTS).map(|number| cluster.network.host(&format!("client{number}"))).collect();
            let calling = Calling { rest: Duration::from_secs(1), ..quick(until) };
            let callers = hosts.iter().map(|host| {
                let client = Client::builder(cluster.target()).lazy();
                cluster.caller(host, &client, calling)
            });
            let callers = callers.collect();
            sleep(Duration::from_secs(5)).await;
            let cut = Instant::now();
            ways.cut(cluster, &cluster.servers[0], &hosts);
            sleep(Duration::from_secs(120)).await;
            let (healed, before) = (Instant::now(), accepted(cluster));
            cluster.network.heal();
            let calls = join(callers).await;
            let storm = accepted(cluster) - before;
            let is_late = |call: &&Seen| call.began > cut + TIMEOUT && call.ended < healed;
            let answered = calls.iter().filter(is_late).filter(|call| call.failed.is_none()).count();
            let after: Vec<&Seen> = calls.iter().filter(|call| call.began >= healed).collect();
            let failed = after.iter().filter(|call| call.failed.is_some()).count();
            let well =
                after.iter().filter(|call| call.failed.is_some()).map(|call| call.ended - healed).max();
            println!(
                "partition ({ways:?}): answered meanwhile {answered}; after it {storm} connections of {CLIENTS} clients, {failed} of {} \
                 calls failed, the last {well:?} after the heal",
                after.len()
            );
            assert_eq!(answered, 0);
            assert_eq!(storm, CLIENTS, "each connects once");
            assert!(calls.iter().all(|call| call.took() <= TIMEOUT + MILLISECOND));
            assert!(calls.iter().all(|call| call.failed.is_none_or(|code| code != Code::Internal)));
            assert!(well.unwrap_or_default() <= Duration::from_secs(2), "{well:?}");
        });
    }
}

/// How many connections have been accepted so far.
fn accepted(cluster: &Cluster) -> usize {
    cluster.network.log().lines().filter(|line| line.ends_with(": accepts")).count()
}
