//! Attempts that fail and are repeated, or not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::{
    CallEnd, CallFacts, ClientProtection, Code, Decision, Event, Layer, Limits, Mode, Monitor, Retry, Status,
};
use tokio::net::TcpListener;

use crate::scripted::{READ, Scripted, WRITE, Watched, limits, lost, refused};
use crate::support::{Note, Raw, in_time};

const HOUR: Duration = Duration::from_secs(3600);

/// A call of `spec` at a server that ends the first calls so: how it ends, and how many calls the server has seen.
async fn ended(
    spec: &'static svrkit_runtime::Spec,
    times: usize,
    status: &Status,
) -> (Result<u64, Status>, usize) {
    let scripted = Scripted::start().await;
    scripted.script.then(times, status);
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder);
    (watched.call(spec).await, scripted.script.calls())
}

#[tokio::test]
async fn what_may_be_done_twice_is_tried_again() {
    let (outcome, calls) = ended(&READ, 2, &lost()).await;
    assert_eq!((outcome.unwrap(), calls), (7, 3));
    let (outcome, calls) = ended(&WRITE, 2, &lost()).await;
    assert_eq!((outcome.unwrap_err().message(), calls), ("not now", 1));
}

#[tokio::test]
async fn what_never_started_is_tried_again_whatever_it_is() {
    for advice in [Retry::Elsewhere, Retry::After(Duration::from_millis(1))] {
        let (outcome, calls) = ended(&WRITE, 2, &refused(advice)).await;
        assert_eq!((outcome.unwrap(), calls), (7, 3));
    }
    let (outcome, calls) = ended(&READ, 2, &refused(Retry::Never)).await;
    assert_eq!((outcome.unwrap_err().message(), calls), ("full", 1), "never is never");
}

#[tokio::test]
async fn three_attempts_are_the_most_and_the_error_says_so() {
    let (outcome, calls) = ended(&READ, 9, &lost()).await;
    let status = outcome.unwrap_err();
    assert_eq!(calls, 3);
    assert_eq!(
        status.message(),
        "not now; not tried again: it was the last attempt that there may be (retry.attempts)"
    );
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Handler));
}

#[tokio::test]
async fn what_would_come_after_the_deadline_ends_now_and_says_when_it_may_be_tried() {
    let (outcome, calls) = ended(&READ, 1, &refused(Retry::After(HOUR))).await;
    let status = outcome.unwrap_err();
    assert_eq!(
        (status.message(), calls),
        ("full; not tried again: too little time would be left for the next attempt", 1)
    );
    assert_eq!(status.facts().retry, Retry::After(HOUR));
}

#[tokio::test]
async fn the_next_attempt_goes_to_another_endpoint() {
    let servers = [Scripted::start().await, Scripted::start().await];
    let target = format!("{},{}", servers[0].address(), servers[1].address());
    let watched = Watched::of(&target, Limits { retry_floor: 100, ..limits() }, |builder| builder);
    // Until both are connected.
    while servers.iter().any(|server| server.script.calls() == 0) {
        watched.call(&READ).await.unwrap();
    }
    for _ in 0..20 {
        let before = servers.each_ref().map(|server| server.script.calls());
        for server in &servers {
            server.script.then(1, &refused(Retry::Elsewhere));
        }
        // Both refuse it, the first one answers it then: or it was at the same twice.
        let status = watched.call(&WRITE).await;
        assert_eq!(status.unwrap(), 7);
        let seen = [0, 1].map(|at| servers[at].script.calls() - before[at]);
        assert!(seen == [2, 1] || seen == [1, 2], "{seen:?}");
    }
}

#[tokio::test]
async fn the_budget_bounds_attempts_and_is_named() {
    let scripted = Scripted::start().await;
    scripted.script.then(1000, &lost());
    let floor_alone = Limits { retry_floor: 5, retry_share: 0, ..limits() };
    let watched = Watched::of(&scripted.address(), floor_alone, |builder| builder);
    let mut last = None;
    for _ in 0..20 {
        last = Some(watched.call(&READ).await.unwrap_err());
    }
    let (retried, over) = (watched.decided("retried"), watched.decided("retry_over_budget"));
    assert_eq!(scripted.script.calls() as u64, 20 + retried, "each of them was counted");
    // Five for the second that this takes; where it takes more, five a second.
    assert!(retried >= 5 && over >= 1, "{retried} were repeated, {over} over the budget");
    let message = last.unwrap().message().to_owned();
    assert!(
        message.contains("(retry.share, retry.floor)") || message.contains("retry.attempts"),
        "{message}"
    );
}

#[tokio::test]
async fn without_a_budget_nothing_is_repeated() {
    let scripted = Scripted::start().await;
    scripted.script.then(1, &lost());
    let none = Limits { retry_floor: 0, retry_share: 0, ..limits() };
    let watched = Watched::of(&scripted.address(), none, |builder| builder);
    let status = watched.call(&READ).await.unwrap_err();
    assert_eq!(
        status.message(),
        "not now; not tried again: the client's budget of further attempts is used up (retry.share, retry.floor)"
    );
    assert_eq!((scripted.script.calls(), watched.decided("retry_over_budget")), (1, 1));
}

#[tokio::test]
async fn a_mechanism_that_watches_counts_and_changes_nothing() {
    for (mode, expected) in [(Mode::Off, 0), (Mode::Watching, 1)] {
        let scripted = Scripted::start().await;
        scripted.script.then(1, &lost());
        let protection = ClientProtection::new().retries(mode);
        let watched = Watched::of(&scripted.address(), limits(), |builder| builder.protection(protection));
        assert_eq!(watched.call(&READ).await.unwrap_err().message(), "not now");
        assert_eq!(scripted.script.calls(), 1);
        assert_eq!((watched.decided("retried"), watched.watched("retried")), (0, expected));
        let decided =
            watched.told.events().into_iter().filter(|event| matches!(event, Event::Decided { .. }));
        let endpoint = scripted.address();
        let told = Event::Decided { decision: Decision::Retried, is_watched: true, endpoint };
        assert_eq!(decided.collect::<Vec<_>>(), vec![told; expected as usize]);
    }
}

/// What was told of an attempt: its number, and how it ended once it has.
type Told = (u32, Option<Code>);

/// All that is told of attempts.
#[derive(Clone, Default)]
struct Attempts(Arc<Mutex<Vec<Told>>>);

impl Monitor for Attempts {
    fn call_began(&self, call: &CallFacts<'_>) {
        self.0.lock().unwrap().push((call.attempt, None));
    }

    fn call_ended(&self, end: &CallEnd<'_>) {
        self.0.lock().unwrap().push((end.call.attempt, Some(end.code())));
    }
}

#[tokio::test]
async fn every_attempt_is_told_of_with_its_number_and_ends_once() {
    let scripted = Scripted::start().await;
    scripted.script.then(2, &lost());
    let attempts = Attempts::default();
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder.monitor(attempts.clone()));
    watched.call(&READ).await.unwrap();
    let lost = Some(Code::Unavailable);
    let expected = [(1, None), (1, lost), (2, None), (2, lost), (3, None), (3, Some(Code::Ok))];
    assert_eq!(*attempts.0.lock().unwrap(), expected);
    let snapshot = watched.metrics.snapshot();
    let calls = |code| snapshot.counter("svrkit_calls_total", &[("side", "client"), ("code", code)]);
    assert_eq!((calls("OK"), calls("UNAVAILABLE")), (1, 2));
}

#[tokio::test]
async fn a_caller_that_leaves_between_two_attempts_makes_no_other() {
    let scripted = Scripted::start().await;
    scripted.script.then(1, &refused(Retry::After(Duration::from_secs(4))));
    let attempts = Attempts::default();
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder.monitor(attempts.clone()));
    let call = tokio::spawn(watched.client.request::<_, Note>(&READ, &Note::number(7)));
    in_time(watched.told.until(|events| events.iter().any(|event| event.ended().is_some()))).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let told = attempts.0.lock().unwrap().clone();
    assert_eq!(told, [(1, None), (1, Some(Code::ResourceExhausted))], "no other has begun");
}

#[tokio::test]
async fn a_lost_connection_is_repeated_over_another_one_with_the_same_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let watched = Watched::of(&listener.local_addr().unwrap().to_string(), limits(), |builder| builder);
    let call = |spec| tokio::spawn(watched.client.request::<_, Note>(spec, &Note::number(7)));
    let first_call = call(&READ);
    let mut first = Raw::accept(&listener).await;
    let sent = first.receive().await.unwrap();
    drop(first);
    let mut second = Raw::accept(&listener).await;
    let again = second.receive().await.unwrap();
    assert_eq!(sent.body, again.body);
    // It ends here, too, and then by what nobody knows: not by what is sure of the last attempt alone.
    drop(second);
    drop(Raw::accept(&listener).await);
    drop(listener);
    let status = in_time(first_call).await.unwrap().unwrap_err();
    assert!(status.message().ends_with("; it was attempt 3"), "{status}");
    assert_eq!((status.code(), status.facts().retry), (Code::Unavailable, Retry::Unknown), "{status}");
}
