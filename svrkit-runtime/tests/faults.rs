//! Faults of users' tests: which calls they strike, and what the two ends see of it.
#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use support::{ECHO, Note, TEST, WAIT};
use svrkit_runtime::testing::{Faults, InjectedFault, TestServer};
use svrkit_runtime::{Call, Client, Code, Server, Service, ServiceSpec, Status};

/// Answers what it was sent, and counts.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Counting {
    fn handled(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Service for Counting {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        let count = Arc::clone(&self.0);
        let spec = if call.method_id() == WAIT.method_id { &WAIT } else { &ECHO };
        call.handle(spec, move |note: Note| async move {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(note)
        });
    }
}

async fn echo(client: &Client) -> Result<Note, Status> {
    client.request(&ECHO, &Note::number(7)).await
}

/// A client whose calls meet `faults`, and who counts those that are handled.
async fn faulty(faults: &Faults) -> (TestServer, Client, Counting) {
    let counting = Counting::default();
    let server = TestServer::start(counting.clone()).await;
    let client = Client::builder(server.address()).interceptor(faults.clone()).connect().await.unwrap();
    (server, client, counting)
}

#[tokio::test]
async fn the_nth_call_of_a_method_is_refused_before_it_is_sent() {
    let status = Status::unavailable("no route");
    let faults = Faults::seeded(0).with(InjectedFault::refuse(status).of(&ECHO).nth(2));
    let (_server, client, counting) = faulty(&faults).await;
    client.request::<_, Note>(&WAIT, &Note::default()).await.unwrap();
    echo(&client).await.unwrap();
    let refused = echo(&client).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "no route"));
    echo(&client).await.unwrap();
    assert_eq!((counting.handled(), faults.struck()), (3, 1));
}

#[tokio::test]
async fn an_answer_is_lost_after_the_handler_has_run() {
    let faults = Faults::seeded(0).with(InjectedFault::lose_answer().nth(1));
    let (_server, client, counting) = faulty(&faults).await;
    let lost = client.request::<_, Note>(&ECHO, &Note::default()).timeout(Duration::from_millis(300)).await;
    assert_eq!(lost.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(counting.handled(), 1);
    echo(&client).await.unwrap();
}

#[tokio::test]
async fn a_call_may_be_handled_and_end_badly_all_the_same() {
    let faults = Faults::seeded(0).with(InjectedFault::answer_with(Status::unavailable("cut")).of(&ECHO));
    let (_server, client, counting) = faulty(&faults).await;
    assert_eq!(echo(&client).await.unwrap_err().message(), "cut");
    client.request::<_, Note>(&WAIT, &Note::default()).await.unwrap();
    assert_eq!(counting.handled(), 2);
    faults.clear();
    echo(&client).await.unwrap();
}

// In process the clock may be stopped: what is slept is what has passed.
#[tokio::test(start_paused = true)]
async fn delays_add_up_and_end_at_the_deadline() {
    let delay = || InjectedFault::delay(Duration::from_secs(2));
    let faults = Faults::seeded(0).with(delay()).with(delay());
    let server = Server::new().service(Counting::default()).interceptor(faults.clone());
    let client = server.in_process().unwrap();
    let began = tokio::time::Instant::now();
    echo(&client).await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(4));
    let late = client.request::<_, Note>(&ECHO, &Note::default()).timeout(Duration::from_secs(3)).await;
    assert_eq!(late.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(faults.struck(), 4);
}

/// Which of a hundred calls are struck.
async fn struck(faults: Faults) -> Vec<bool> {
    let (_server, client, _) = faulty(&faults).await;
    let mut struck = Vec::new();
    for _ in 0..100 {
        struck.push(echo(&client).await.is_err());
    }
    struck
}

#[tokio::test]
async fn a_seed_strikes_the_same_calls_again_whatever_else_is_added() {
    let refuse = || InjectedFault::refuse(Status::unavailable("by chance")).with_probability(0.3);
    let once = struck(Faults::seeded(7).with(refuse())).await;
    let count = once.iter().filter(|struck| **struck).count();
    assert!((15..45).contains(&count), "{count} of 100");
    assert_eq!(struck(Faults::seeded(7).with(refuse())).await, once);
    let with_more =
        Faults::seeded(7).with(refuse()).with(InjectedFault::delay(Duration::ZERO).with_probability(0.5));
    assert_eq!(struck(with_more).await, once);
    assert_ne!(struck(Faults::seeded(8).with(refuse())).await, once);
}

#[tokio::test]
async fn never_and_always_are_probabilities_too() {
    let refuse = |probability| {
        Faults::seeded(1)
            .with(InjectedFault::refuse(Status::unavailable("by chance")).with_probability(probability))
    };
    assert!(struck(refuse(0.0)).await.iter().all(|struck| !struck));
    assert!(struck(refuse(1.0)).await.iter().all(|struck| *struck));
}

#[tokio::test]
async fn what_a_refused_call_does_not_reach_has_not_struck_and_has_counted_it() {
    let refuse = InjectedFault::refuse(Status::unavailable("no route"));
    let faults = Faults::seeded(0)
        .with(InjectedFault::delay(Duration::ZERO))
        .with(refuse.clone().nth(1))
        .with(InjectedFault::lose_answer())
        .with(refuse.nth(2));
    let (_server, client, _) = faulty(&faults).await;
    assert_eq!(echo(&client).await.unwrap_err().message(), "no route");
    assert_eq!(faults.struck(), 2, "the delay and the refusal");
    assert_eq!(echo(&client).await.unwrap_err().message(), "no route");
    assert_eq!(faults.struck(), 5);
}

#[tokio::test]
async fn a_fault_after_a_clear_has_chances_of_its_own() {
    let refuse = || InjectedFault::refuse(Status::unavailable("by chance")).with_probability(0.5);
    let faults = Faults::seeded(7).with(refuse());
    let before = struck(faults.clone()).await;
    faults.clear();
    faults.add(refuse());
    assert_ne!(struck(faults).await, before);
}

#[test]
#[should_panic(expected = "calls are counted from 1")]
fn there_is_no_call_0() {
    let _ = InjectedFault::lose_answer().nth(0);
}

#[test]
fn what_is_no_probability_is_refused() {
    for no_probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let outcome =
            std::panic::catch_unwind(|| InjectedFault::lose_answer().with_probability(no_probability));
        assert!(outcome.is_err(), "{no_probability}");
    }
}
