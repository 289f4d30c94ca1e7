//! What a client keeps of last good answers, and how old these may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::support::Note;
use svrkit_runtime::simulation::{Conditions, Simulation};
use svrkit_runtime::{
    Bytes, Call, Client, ClientProtection, Limits, Server, Service, ServiceSpec, Spec, Status,
};
use tokio::time::{Instant, sleep};

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

static GET: Spec = Spec::new("test.Shelf", 4103, "Get", 1).idempotent().last_good(HOUR);
static SHELF: ServiceSpec = ServiceSpec::new("test.Shelf", 4103, &[&GET]);

/// Answers the first calls, and wishes to be spared all those that come after them.
#[derive(Clone)]
struct Shelf {
    calls: Arc<AtomicUsize>,
    good: usize,
}

impl Service for Shelf {
    fn spec(&self) -> &'static ServiceSpec {
        &SHELF
    }

    fn dispatch(&self, call: Call) {
        let is_good = self.calls.fetch_add(1, Ordering::Relaxed) < self.good;
        call.handle(&GET, move |note: Note| async move {
            if is_good { Ok(note) } else { Err(Status::not_found("gone").last_good(HOUR, Duration::ZERO)) }
        });
    }
}

/// Which of so many different requests are answered again, so long after all of them were.
fn kept(requests: usize, len: usize, limits: Limits, later: Duration) -> Vec<usize> {
    Simulation::seeded(1).conditions(Conditions::delay(MS)).run(async |network| {
        let service = Shelf { calls: Arc::default(), good: requests };
        network.host("server").spawn(async move {
            let bound = Server::new().without_metrics().service(service).bind("0.0.0.0:4310").await.unwrap();
            bound.run_until(std::future::pending()).await;
        });
        let protection = ClientProtection::new().wishes_of_all(true);
        let client =
            Client::builder("server:4310").limits(limits).protection(protection).without_metrics().lazy();
        let ask = async |number: usize| {
            let note = Note { payload: Bytes::from(vec![7; len]), ..Note::number(number as u64) };
            client.request::<_, Note>(&GET, &note).await
        };
        for number in 0..requests {
            ask(number).await.unwrap();
        }
        // Measured from the last answer, to the one that is refused.
        let begin = Instant::now() + later - 2 * MS;
        sleep(begin.saturating_duration_since(Instant::now())).await;
        let mut kept = Vec::new();
        for number in 0..requests {
            if ask(number).await.is_ok() {
                kept.push(number);
            }
        }
        kept
    })
}

#[test]
pub(super) fn last_good_age() {
    let limits = |age| Limits { last_good_age: age, ..Limits::default() };
    assert_eq!(kept(1, 10, limits(100 * MS), 99 * MS), [0]);
    assert_eq!(kept(1, 10, limits(100 * MS), 101 * MS), [0; 0]);
    assert_eq!(kept(1, 10, limits(Duration::ZERO), 2 * MS), [0; 0], "nothing is kept");
}

#[test]
pub(super) fn last_good_answers() {
    let limits = |answers| Limits { last_good_answers: answers, ..Limits::default() };
    assert_eq!(kept(3, 10, limits(3), 2 * MS), [0, 1, 2]);
    assert_eq!(kept(3, 10, limits(2), 2 * MS), [1, 2]);
    assert_eq!(kept(3, 10, limits(0), 2 * MS), [0; 0]);
}

#[test]
pub(super) fn last_good_bytes() {
    let limits = |bytes| Limits { last_good_bytes: bytes, ..Limits::default() };
    // The request and the answer, which are alike, and what an entry costs.
    let note = Note { payload: Bytes::from(vec![7; 5000]), ..Note::number(1) };
    let each = 2 * svrkit_runtime::Tlv::encode(&note).unwrap().len() + 256;
    // The first number is 0, which takes no bytes.
    assert_eq!(kept(3, 5000, limits(3 * each), 2 * MS), [0, 1, 2]);
    assert_eq!(kept(3, 5000, limits(2 * each), 2 * MS), [1, 2]);
    assert_eq!(kept(3, 5000, limits(each - 5), 2 * MS), [0; 0]);
}
