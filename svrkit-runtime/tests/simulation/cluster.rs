//! Servers of [`Work`] on hosts of their own, callers who call one call after the other, and what they have seen of it.

use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Host, Network, Simulation};
use svrkit_runtime::{Client, Code, Limits, Server};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::ledger::{Ledger, Promises};
use crate::work::{Job, Task, Work, call};

/// Everything that was begun has ended so long after the end of a test: whoever waits for a peer, and TCP that sends again.
const GONE_WITHIN: Duration = Duration::from_secs(2000);

pub(crate) struct Cluster {
    pub(crate) network: Network,
    pub(crate) ledger: Ledger,
    pub(crate) servers: Vec<Host>,
}

/// One call, as its caller has seen it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) failed: Option<Code>,
}

/// How somebody calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calling {
    pub(crate) task: Task,
    pub(crate) timeout: Duration,
    /// Between the end of a call and the next one.
    pub(crate) rest: Duration,
    /// No call begins after that.
    pub(crate) until: Instant,
}

/// Runs `body` on hosts `server0`, `server1` and so on; in the end all calls must have ended as they should, and nothing be left.
pub(crate) fn run(
    seed: u64,
    conditions: Conditions,
    servers: usize,
    limits: Limits,
    body: impl AsyncFnOnce(&Cluster),
) {
    Simulation::seeded(seed).conditions(conditions).run(async |network| {
        let ledger = Ledger::new(network.clone(), Promises::default());
        let hosts: Vec<Host> = (0..servers).map(|index| network.host(&format!("server{index}"))).collect();
        for host in &hosts {
            let work = Work { ledger: ledger.clone(), others: Client::builder(host.address(4310)).lazy() };
            host.spawn(async move {
                let bound = Server::new().limits(limits).service(work).bind("0.0.0.0:4310").await.unwrap();
                bound.run_until(std::future::pending()).await
            });
        }
        // Their ports are open.
        sleep(Duration::from_millis(1)).await;
        let cluster = Cluster { network: network.clone(), ledger, servers: hosts };
        body(&cluster).await;
        network.heal();
        sleep(GONE_WITHIN).await;
        cluster.ledger.check_closed();
        assert_eq!(cluster.ledger.violations(), [] as [&str; 0], "seed {seed}");
        assert_eq!(network.sockets(), 0, "seed {seed}");
    });
}

impl Cluster {
    /// All servers, as a client names them.
    pub(crate) fn target(&self) -> String {
        self.servers.iter().map(|host| host.address(4310)).collect::<Vec<_>>().join(",")
    }

    /// Calls with `client` from `host`, one call after the other.
    pub(crate) fn caller(&self, host: &Host, client: &Client, calling: Calling) -> JoinHandle<Vec<Seen>> {
        let (ledger, client) = (self.ledger.clone(), client.clone());
        host.spawn(async move {
            let mut seen = Vec::new();
            while Instant::now() < calling.until {
                let began = Instant::now();
                let job = Job { milliseconds: 20, payload: vec![7; 2000].into(), ..Job::default() };
                let answer = call(&ledger, &client, calling.task, job, calling.timeout).await;
                let failed = answer.err().map(|status| status.code());
                seen.push(Seen { began, ended: Instant::now(), failed });
                sleep(calling.rest).await;
            }
            seen
        })
    }
}

impl Seen {
    pub(crate) fn took(&self) -> Duration {
        self.ended - self.began
    }
}

/// What all of these callers have seen, in the order in which their calls began.
pub(crate) async fn join(callers: Vec<JoinHandle<Vec<Seen>>>) -> Vec<Seen> {
    let mut all = Vec::new();
    for caller in callers {
        all.extend(caller.await.unwrap());
    }
    all.sort_by_key(|seen| seen.began);
    all
}

/// The time within which so many of a thousand calls have ended.
pub(crate) fn quantile(calls: &[Seen], of_thousand: usize) -> Duration {
    let mut times: Vec<_> = calls.iter().map(Seen::took).collect();
    times.sort_unstable();
    times[(times.len() * of_thousand / 1000).min(times.len() - 1)]
}
