//! The limits of endpoints that a client leaves alone because calls fail there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::support::{ECHO, FAIL, Note, in_time};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Client, Limits, Metrics, Server, Service, ServiceSpec, Status};

const HOUR: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_millis(1);

static TEST: ServiceSpec = ServiceSpec::new("test.Test", 4000, &[&ECHO, &FAIL]);

/// Answers every call, or fails every call.
#[derive(Clone, Default)]
struct Endpoint(Arc<AtomicBool>);

impl Service for Endpoint {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        let is_sick = self.0.load(Ordering::Relaxed);
        call.handle(&ECHO, move |note: Note| async move {
            if is_sick { Err(Status::internal("broken")) } else { Ok(note) }
        });
    }
}

/// Three endpoints, the first of which are sick, and a client of them.
struct Cluster {
    client: Client,
    metrics: Metrics,
    _servers: [TestServer; 3],
}

impl Cluster {
    async fn of_sick(sick: usize, limits: Limits) -> Self {
        let endpoints: [Endpoint; 3] = Default::default();
        let start = async |index: usize| {
            let service = endpoints[index].clone();
            TestServer::start(Server::new().without_metrics().service(service)).await
        };
        let servers = [start(0).await, start(1).await, start(2).await];
        let target = servers.each_ref().map(|server| server.address().to_owned()).join(",");
        let metrics = Metrics::new();
        let client = Client::builder(target).limits(limits).metrics(metrics.clone()).lazy();
        let cluster = Self { client, metrics, _servers: servers };
        // Where there is no other connection yet, a sick endpoint is better than none.
        cluster.until(|cluster| cluster.connections() == 3).await;
        endpoints[..sick].iter().for_each(|endpoint| endpoint.0.store(true, Ordering::Relaxed));
        cluster
    }

    async fn call(&self) {
        // Some fail, which is what this is about.
        let _ = self.client.request::<_, Note>(&ECHO, &Note::number(1)).await;
    }

    fn decided(&self, decision: &str) -> u64 {
        self.metrics.snapshot().counter("svrkit_client_decisions_total", &[("decision", decision)])
    }

    fn connections(&self) -> u64 {
        self.metrics.snapshot().counter("svrkit_connections_opened_total", &[("side", "client")])
    }

    /// Calls that have failed.
    fn failures(&self) -> u64 {
        self.metrics.snapshot().counter("svrkit_calls_total", &[("side", "client"), ("code", "INTERNAL")])
    }

    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        in_time(async {
            while !is_so(self) {
                self.call().await;
            }
        })
        .await;
    }
}

fn limits() -> Limits {
    Limits { ejection_min: HOUR, ejection_max: HOUR, ..Limits::default() }
}

#[tokio::test]
pub(super) async fn ejection_failures() {
    for failures in [1, 7] {
        let cluster = Cluster::of_sick(1, Limits { ejection_failures: failures, ..limits() }).await;
        cluster.until(|cluster| cluster.decided("ejected_by_row") == 1).await;
        assert_eq!(cluster.failures(), u64::from(failures));
    }
}

#[tokio::test]
pub(super) async fn ejection_share() {
    for (share, ejected) in [(0, 0), (50, 1), (100, 2)] {
        let limits = Limits { ejection_share: share, ejection_failures: 1, ..limits() };
        let cluster = Cluster::of_sick(2, limits).await;
        if ejected < 2 {
            cluster.until(|cluster| cluster.decided("ejection_over_share") > 0).await;
        } else {
            cluster.until(|cluster| cluster.decided("ejected_by_row") == 2).await;
        }
        assert_eq!(cluster.decided("ejected_by_row"), ejected, "{share} % of three");
    }
}

/// Whether an endpoint that was ejected by these limits is called again.
async fn comes_back(limits: Limits) -> bool {
    let cluster = Cluster::of_sick(1, Limits { ejection_failures: 1, ..limits }).await;
    cluster.until(|cluster| cluster.decided("ejected_by_row") > 0).await;
    let before = cluster.failures();
    for _ in 0..2000 {
        cluster.call().await;
        if cluster.failures() > before {
            return true;
        }
    }
    false
}

#[tokio::test]
pub(super) async fn ejection_min() {
    assert!(!comes_back(Limits { ejection_min: HOUR, ejection_max: HOUR, ..Limits::default() }).await);
    assert!(comes_back(Limits { ejection_min: SOON, ejection_max: HOUR, ..Limits::default() }).await);
}

#[tokio::test]
pub(super) async fn ejection_max() {
    assert!(!comes_back(Limits { ejection_min: HOUR, ejection_max: HOUR, ..Limits::default() }).await);
    assert!(comes_back(Limits { ejection_min: HOUR, ejection_max: SOON, ..Limits::default() }).await);
}
