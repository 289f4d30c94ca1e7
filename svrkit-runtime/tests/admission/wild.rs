//! Callers that run wild, over real sockets: who is blocked, who is not, and what becomes of a block.
//!
//! How fast the machine is, nobody knows: callers go on until what is waited for is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Cause, Client, Code, Event, Layer, Limits, Metrics, Mode, Recorder, Retry, Server, ServerProtection,
    Status,
};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{ECHO, Note, Test, in_time};

/// Others that a caller is held to. They make a call in some time, and no two of them are alike.
const OTHERS: u64 = 24;

/// A server that looks for a second, and blocks for longer than any test takes.
fn limits() -> Limits {
    Limits {
        wild_time: Duration::from_secs(1),
        wild_block_min: Duration::from_secs(600),
        ..Limits::default()
    }
}

struct Watched {
    server: TestServer,
    metrics: Metrics,
    recorder: Recorder,
    others: JoinSet<()>,
    /// Whether one of the others' calls has failed.
    has_failed: Arc<AtomicBool>,
}

impl Watched {
    async fn of(wild: Mode) -> Self {
        let (metrics, recorder) = (Metrics::new(), Recorder::default());
        // Nothing else is to be refused, however slow this is.
        let server = Server::new()
            .limits(limits())
            .admission(Mode::Off)
            .protection(ServerProtection::new().wild(wild));
        let server = server.metrics(metrics.clone()).monitor(recorder.clone()).service(Test::default());
        let server = TestServer::start(server).await;
        Self { server, metrics, recorder, others: JoinSet::new(), has_failed: Arc::default() }
    }

    fn client(&self, name: &str) -> Client {
        Client::builder(self.server.address()).name(name).without_metrics().lazy()
    }

    /// Has others call as well, each with requests of its own.
    fn with_others(mut self) -> Self {
        for number in 0..OTHERS {
            let (client, has_failed) =
                (self.client(&format!("other {number}")), Arc::clone(&self.has_failed));
            self.others.spawn(async move {
                for request in number * 1_000_000.. {
                    if client.request::<_, Note>(&ECHO, &Note::number(request)).await.is_err() {
                        has_failed.store(true, Ordering::Relaxed);
                    }
                    sleep(Duration::from_millis(200)).await;
                }
            });
        }
        self
    }

    fn blocks(&self, mode: &str) -> u64 {
        self.metrics.snapshot().counter("svrkit_callers_blocked_total", &[("method", "Echo"), ("mode", mode)])
    }
}

/// Calls over and over, several at once, until one fails.
async fn run_wild(client: &Client, user: Option<&'static str>) -> Status {
    let mut loops = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        loops.spawn(async move {
            loop {
                let call = client.request::<_, Note>(&ECHO, &Note::number(7)).route_key(&user);
                if let Err(status) = call.await {
                    return status;
                }
            }
        });
    }
    in_time(loops.join_next()).await.unwrap().unwrap()
}

async fn call(client: &Client) -> Result<Note, Status> {
    client.request::<_, Note>(&ECHO, &Note::number(7)).await
}

#[tokio::test]
async fn who_runs_wild_is_blocked_told_so_and_nobody_else_is() {
    let watched = Watched::of(Mode::On).await.with_others();
    let wild = watched.client("wild");
    let status = run_wild(&wild, None).await;
    assert_eq!((status.code(), status.facts().cause), (Code::ResourceExhausted, Cause::Blocked), "{status}");
    let Retry::After(left) = status.facts().retry else { panic!("{status}") };
    assert!(left <= Duration::from_secs(600), "{status}");
    // Its client does not send what would be refused.
    let status = call(&wild).await.unwrap_err();
    assert_eq!((status.facts().layer, status.facts().cause), (Layer::Client, Cause::Blocked), "{status}");
    // Another connection of it is refused as well, and it may call something else.
    let again = watched.client("wild");
    let status = call(&again).await.unwrap_err();
    assert_eq!((status.facts().layer, status.facts().cause), (Layer::Admission, Cause::Blocked), "{status}");
    let other = again.request::<_, Note>(&crate::support::GROW, &Note::number(7)).await;
    assert!(other.is_ok(), "{other:?}");
    call(&watched.client("somebody else")).await.unwrap();
    assert!(!watched.has_failed.load(Ordering::Relaxed));
    assert_eq!((watched.blocks("on"), watched.blocks("watch")), (1, 0));
    let refused = [("side", "server"), ("method", "Echo"), ("cause", "blocked")];
    assert!(watched.metrics.snapshot().counter("svrkit_calls_refused_total", &refused) > 0);
    let told = watched.recorder.events().into_iter().filter(|event| matches!(event, Event::Blocked { .. }));
    let expected = Event::Blocked {
        caller: "wild at 127.0.0.1".into(),
        method: "test.Test.Echo".into(),
        offences: 1,
        is_watched: false,
    };
    assert_eq!(told.collect::<Vec<_>>(), [expected]);
}

#[tokio::test]
async fn of_a_caller_that_calls_for_users_one_user_is_blocked() {
    let watched = Watched::of(Mode::On).await.with_others();
    let gateway = watched.client("gateway");
    let status = run_wild(&gateway, Some("alice")).await;
    assert_eq!(status.facts().cause, Cause::Blocked, "{status}");
    for user in [Some("bob"), None] {
        gateway.request::<_, Note>(&ECHO, &Note::number(7)).route_key(&user).await.unwrap();
    }
    assert_eq!(watched.blocks("on"), 1);
}

#[tokio::test]
async fn watching_it_says_who_would_be_blocked_and_lets_all_pass() {
    let watched = Watched::of(Mode::Watching).await.with_others();
    let wild = watched.client("wild");
    let spared = [("method", "Echo"), ("cause", "blocked")];
    in_time(async {
        while watched.metrics.snapshot().counter("svrkit_calls_spared_total", &spared) == 0 {
            let calls = (0..64).map(|_| tokio::spawn(wild.request::<_, Note>(&ECHO, &Note::number(7))));
            for call in calls.collect::<Vec<_>>() {
                call.await.unwrap().unwrap();
            }
        }
    })
    .await;
    assert_eq!((watched.blocks("on"), watched.blocks("watch")), (0, 1));
    let is_watched = |event: &Event| matches!(event, Event::Blocked { is_watched: true, .. });
    assert!(watched.recorder.events().iter().any(is_watched));
}

/// However long it goes on: here for as long as it takes to find one that has others beside it.
#[tokio::test]
async fn a_load_test_of_a_fresh_server_by_one_client_is_never_blocked() {
    let (alone, watched) = (Watched::of(Mode::On).await, Watched::of(Mode::On).await.with_others());
    let tester = alone.client("");
    let testing = tokio::spawn(async move {
        let status = run_wild(&tester, None).await;
        panic!("{status}");
    });
    let wild = watched.client("wild");
    run_wild(&wild, None).await;
    assert!(!testing.is_finished());
    assert_eq!(alone.blocks("on"), 0);
    testing.abort();
}
