//! The limits of attempts beyond the first one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::support::Note;
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Client, Limits, Server, Service, ServiceSpec, Spec, Status};

const HOUR: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_millis(1);

static READ: Spec = Spec::new("test.Failing", 4101, "Read", 1).timeout(Duration::from_secs(30)).idempotent();
static FAILING: ServiceSpec = ServiceSpec::new("test.Failing", 4101, &[&READ]);

/// Fails every call, and counts them.
#[derive(Clone, Default)]
struct Failing(Arc<AtomicUsize>);

impl Service for Failing {
    fn spec(&self) -> &'static ServiceSpec {
        &FAILING
    }

    fn dispatch(&self, call: Call) {
        self.0.fetch_add(1, Ordering::Relaxed);
        call.handle(&READ, |_: Note| async move { Err::<Note, _>(Status::unavailable("not now")) });
    }
}

/// How many attempts the requests of a client have come to, and what its last one ended by.
async fn attempts(requests: usize, limits: Limits) -> (usize, String) {
    let failing = Failing::default();
    let server = TestServer::start(Server::new().service(failing.clone())).await;
    let client = Client::builder(server.address()).limits(limits).lazy();
    let mut message = String::new();
    for _ in 0..requests {
        message = client.request::<_, Note>(&READ, &Note::number(1)).await.unwrap_err().message().to_owned();
    }
    (failing.0.load(Ordering::Relaxed), message)
}

fn limits() -> Limits {
    Limits { retry_backoff_min: SOON, retry_backoff_max: SOON, ..Limits::default() }
}

#[tokio::test]
pub(super) async fn retry_attempts() {
    for max in [1, 2, 5] {
        let (attempts, message) = attempts(1, Limits { retry_attempts: max, ..limits() }).await;
        assert_eq!(attempts, max as usize);
        assert_eq!(message.contains("(retry.attempts)"), max > 1, "{message}");
    }
}

#[tokio::test]
pub(super) async fn retry_share() {
    // A tenth of an attempt for each request, and of half of the requests there would be five.
    for (share, expected) in [(0, 10), (10, 11), (50, 15)] {
        let limits = Limits { retry_share: share, retry_floor: 0, retry_attempts: 2, ..limits() };
        assert_eq!(attempts(10, limits).await.0, expected, "{share} of a hundred");
    }
    let (_, message) = attempts(1, Limits { retry_share: 0, retry_floor: 0, ..limits() }).await;
    assert!(message.contains("retry.share"), "{message}");
}

#[tokio::test]
pub(super) async fn retry_floor() {
    let limits = |floor| Limits { retry_share: 0, retry_floor: floor, retry_attempts: 2, ..limits() };
    let (attempts_of_none, message) = attempts(3, limits(0)).await;
    assert_eq!(attempts_of_none, 3);
    assert!(message.contains("retry.floor"), "{message}");
    // A second's at once, and no fewer for a machine that is slow.
    assert!(attempts(2, limits(1)).await.0 >= 3);
    assert_eq!(attempts(100, limits(100)).await.0, 200);
}

/// Whether requests are repeated by these limits, in the end: any part of an hour may be next to none.
async fn waits_too_long(limits: Limits) -> bool {
    for _ in 0..100 {
        let (attempts, message) = attempts(1, limits).await;
        if attempts == 1 {
            return message.contains("too little time would be left");
        }
    }
    false
}

#[tokio::test]
pub(super) async fn retry_backoff_min() {
    let limits = |min| Limits { retry_backoff_min: min, retry_backoff_max: HOUR, ..Limits::default() };
    assert_eq!(attempts(1, limits(SOON)).await.0, 3);
    assert!(waits_too_long(limits(HOUR)).await);
}

#[tokio::test]
pub(super) async fn retry_backoff_max() {
    let limits = |max| Limits { retry_backoff_min: HOUR, retry_backoff_max: max, ..Limits::default() };
    assert_eq!(attempts(1, limits(SOON)).await.0, 3);
    assert!(waits_too_long(limits(HOUR)).await);
}
