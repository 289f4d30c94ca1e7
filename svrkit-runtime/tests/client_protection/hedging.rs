//! Requests that take longer than usual, and are sent to a second endpoint: by servers that the test plays itself.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Frame, Header, ResponseFacts};
use svrkit_runtime::{
    ClientBuilder, ClientProtection, Code, Layer, Limits, Mode, Priority, Spec, Status, Tlv,
};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::scripted::{READ, WRITE, Watched, limits};
use crate::support::{Note, Raw, in_time, well};

const MS: Duration = Duration::from_millis(1);

/// A client of two servers, connected to both.
struct Pair {
    watched: Watched,
    servers: [Raw; 2],
}

/// A request that waits, and where its attempts are.
struct Racing {
    call: JoinHandle<Result<Note, Status>>,
    /// The index of the server that has the first attempt; the copy is at the other one.
    first: usize,
    frames: [Frame; 2],
}

fn soon() -> Limits {
    Limits { hedge_delay: MS, ..limits() }
}

impl Pair {
    async fn new(limits: Limits, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let listeners = [
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        ];
        let [one, other] = listeners.each_ref().map(|listener| listener.local_addr().unwrap().to_string());
        let watched = Watched::of(&format!("{one},{other}"), limits, set);
        let (done, is_done) = watch::channel(false);
        let connect = async {
            while watched.connections() < 2 {
                watched.call(&WRITE).await.unwrap();
            }
            done.send(true).unwrap();
        };
        let ((), one, other) = tokio::join!(
            connect,
            serve_until(&listeners[0], is_done.clone()),
            serve_until(&listeners[1], is_done.clone())
        );
        Self { watched, servers: [one, other] }
    }

    fn call(&self, spec: &'static Spec) -> JoinHandle<Result<Note, Status>> {
        tokio::spawn(self.watched.client.request::<_, Note>(spec, &Note::number(7)))
    }

    /// Which server gets the next request, and that.
    async fn next(&mut self) -> (usize, Frame) {
        let [one, other] = &mut self.servers;
        tokio::select! {
            frame = one.receive() => (0, frame.unwrap()),
            frame = other.receive() => (1, frame.unwrap()),
        }
    }

    /// A request of `READ` that nobody answers until both servers have it.
    async fn race(&mut self) -> Racing {
        self.race_of(&READ).await
    }

    /// The same of another method.
    async fn race_of(&mut self, spec: &'static Spec) -> Racing {
        let call = self.call(spec);
        let (first, frame) = self.next().await;
        let copy = self.servers[1 - first].receive().await.unwrap();
        assert_eq!(copy.body, frame.body);
        let frames = if first == 0 { [frame, copy] } else { [copy, frame] };
        Racing { call, first, frames }
    }

    async fn answer(&mut self, at: usize, frame: &Frame) {
        answer(&mut self.servers[at], frame).await;
    }

    /// Ends a request with this code; `layer` says who has given it.
    async fn fail(&mut self, at: usize, frame: &Frame, (code, layer): (Code, Layer)) {
        self.end(at, frame, ResponseFacts { code: code.number(), layer: layer.number(), ..well() }).await;
    }

    async fn end(&mut self, at: usize, frame: &Frame, facts: ResponseFacts) {
        self.servers[at].send(Header::new(frame.header.call_id, Facts::Response(facts)), &[]).await;
    }

    /// The server at `at` is told that nobody waits for this any more.
    async fn check_cancelled(&mut self, at: usize, frame: &Frame) {
        let cancel = self.servers[at].receive().await.unwrap();
        assert_eq!((cancel.header.call_id, cancel.header.facts), (frame.header.call_id, Facts::Cancel));
    }

    /// How many attempts of `READ` have ended with this code, and how many have not ended.
    fn ended(&self, code: &str) -> (u64, u64) {
        let (snapshot, labels) = (self.watched.metrics.snapshot(), [("side", "client"), ("method", "Read")]);
        let [side, method] = labels;
        let in_flight = snapshot.gauge("svrkit_calls_in_flight", &labels);
        (snapshot.counter("svrkit_calls_total", &[side, method, ("code", code)]), in_flight as u64)
    }
}

async fn serve_until(listener: &TcpListener, mut is_done: watch::Receiver<bool>) -> Raw {
    let mut server = Raw::accept(listener).await;
    loop {
        tokio::select! {
            frame = server.receive() => answer(&mut server, &frame.unwrap()).await,
            _ = is_done.wait_for(|is_done| *is_done) => return server,
        }
    }
}

async fn answer(server: &mut Raw, frame: &Frame) {
    let body = Note::number(7).encode().unwrap();
    server.send(Header::new(frame.header.call_id, Facts::Response(well())), &body).await;
}

#[tokio::test]
async fn a_last_word_that_wishes_for_it_ends_both_by_the_last_good_answer() {
    static LIST: Spec = Spec::new("test.Scripted", READ.service_id, "List", 9)
        .timeout(Duration::from_secs(30))
        .idempotent()
        .last_good(Duration::from_secs(3600));
    for by_copy in [false, true] {
        let protection = ClientProtection::new().wishes_of_all(true);
        let mut pair = Pair::new(soon(), |builder| builder.protection(protection)).await;
        let Racing { call, first, frames } = pair.race_of(&LIST).await;
        // What a race brings is kept as any other answer.
        pair.answer(first, &frames[first]).await;
        assert_eq!(call.await.unwrap().unwrap().number, 7);
        pair.check_cancelled(1 - first, &frames[1 - first]).await;
        let Racing { call, first, frames } = pair.race_of(&LIST).await;
        let ended = if by_copy { 1 - first } else { first };
        let (code, layer) = (Code::NotFound.number(), Layer::Handler.number());
        let wishing = ResponseFacts { code, layer, last_good: true, ..well() };
        pair.end(ended, &frames[ended], wishing).await;
        assert_eq!(call.await.unwrap().unwrap().number, 7);
        pair.check_cancelled(1 - ended, &frames[1 - ended]).await;
        assert_eq!(pair.watched.decided("last_good"), 1);
    }
}

#[tokio::test]
async fn the_first_answer_is_the_outcome_and_the_other_attempt_is_given_up() {
    for copy_wins in [false, true] {
        let mut pair = Pair::new(soon(), |builder| builder).await;
        let Racing { call, first, frames } = pair.race().await;
        let winner = if copy_wins { 1 - first } else { first };
        pair.answer(winner, &frames[winner]).await;
        assert_eq!(call.await.unwrap().unwrap().number, 7);
        pair.check_cancelled(1 - winner, &frames[1 - winner]).await;
        assert_eq!((pair.ended("OK"), pair.ended("CANCELLED")), ((1, 0), (1, 0)));
        let decided = ["hedged", "hedge_won", "retried"].map(|decision| pair.watched.decided(decision));
        assert_eq!(decided, [1, u64::from(copy_wins), 0]);
        // What comes of it all the same is nobody's.
        pair.answer(1 - winner, &frames[1 - winner]).await;
        let call = pair.call(&WRITE);
        let (at, frame) = pair.next().await;
        pair.answer(at, &frame).await;
        assert_eq!(call.await.unwrap().unwrap().number, 7);
    }
}

#[tokio::test]
async fn where_one_connection_is_lost_the_other_attempt_goes_on() {
    for copy_is_lost in [false, true] {
        let mut pair = Pair::new(soon(), |builder| builder).await;
        let Racing { call, first, frames } = pair.race().await;
        let lost = if copy_is_lost { 1 - first } else { first };
        let [one, other] = pair.servers;
        let mut other = if lost == 0 {
            drop(one);
            other
        } else {
            drop(other);
            one
        };
        // Its loss may be known before or after the answer.
        answer(&mut other, &frames[1 - lost]).await;
        assert_eq!(call.await.unwrap().unwrap().number, 7);
        assert_eq!(pair.watched.decided("retried"), 0);
    }
}

#[tokio::test]
async fn what_fails_says_nothing_of_the_other_unless_its_handler_has_said_so() {
    let refused = (Code::ResourceExhausted, Layer::Admission);
    let not_now = (Code::Unavailable, Layer::Handler);
    for failure in [refused, not_now] {
        let mut pair = Pair::new(soon(), |builder| builder).await;
        let Racing { call, first, frames } = pair.race().await;
        pair.fail(first, &frames[first], failure).await;
        in_time(async {
            while pair.ended(failure.0.as_str()).0 == 0 {
                tokio::task::yield_now().await
            }
        })
        .await;
        assert!(!call.is_finished());
        pair.answer(1 - first, &frames[1 - first]).await;
        assert_eq!(call.await.unwrap().unwrap().number, 7);
    }
    let mut pair = Pair::new(soon(), |builder| builder).await;
    let Racing { call, first, frames } = pair.race().await;
    pair.fail(1 - first, &frames[1 - first], (Code::NotFound, Layer::Handler)).await;
    assert_eq!(call.await.unwrap().unwrap_err().code(), Code::NotFound);
    pair.check_cancelled(first, &frames[first]).await;
    assert_eq!((pair.ended("NOT_FOUND"), pair.ended("CANCELLED")), ((1, 0), (1, 0)));
}

#[tokio::test]
async fn copies_are_attempts_and_three_are_the_most() {
    let mut pair = Pair::new(soon(), |builder| builder).await;
    let Racing { call, frames, .. } = pair.race().await;
    let not_now = (Code::Unavailable, Layer::Handler);
    for at in [0, 1] {
        pair.fail(at, &frames[at], not_now).await;
    }
    let (at, frame) = pair.next().await;
    pair.fail(at, &frame, not_now).await;
    let status = call.await.unwrap().unwrap_err();
    assert!(status.message().contains("retry.attempts"), "{status}");
    assert_eq!((pair.ended("UNAVAILABLE"), pair.watched.decided("retried")), ((3, 0), 1));
}

#[tokio::test]
async fn whoever_gives_up_gives_both_up() {
    let mut pair = Pair::new(soon(), |builder| builder).await;
    let Racing { call, frames, .. } = pair.race().await;
    call.abort();
    for at in [0, 1] {
        pair.check_cancelled(at, &frames[at]).await;
    }
    assert_eq!(pair.ended("CANCELLED"), (2, 0));
}

#[tokio::test]
async fn both_end_at_one_deadline() {
    let mut pair = Pair::new(soon(), |builder| builder).await;
    let request = pair.watched.client.request::<_, Note>(&READ, &Note::number(7)).timeout(MS * 1000);
    let call = tokio::spawn(request);
    let (first, frame) = pair.next().await;
    let copy = pair.servers[1 - first].receive().await.unwrap();
    for frame in [frame, copy] {
        let Facts::Request(facts) = frame.header.facts else { panic!("{frame:?}") };
        assert!(facts.remaining_us <= 1_000_000);
    }
    assert_eq!(call.await.unwrap().unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(pair.ended("DEADLINE_EXCEEDED"), (2, 0));
}

/// A request of `spec` that is answered when its decision was made, or at once where none is: no other server has seen it.
async fn check_not_copied(mut pair: Pair, spec: &'static Spec, decision: Option<&str>) {
    let call = pair.call(spec);
    let (at, frame) = pair.next().await;
    if let Some(decision) = decision {
        let is_made = || pair.watched.decided(decision) + pair.watched.watched(decision) > 0;
        in_time(async {
            while !is_made() {
                tokio::time::sleep(MS).await
            }
        })
        .await;
    }
    pair.answer(at, &frame).await;
    call.await.unwrap().unwrap();
    // Whoever gets the next one: nothing was there before it.
    let call = pair.call(&WRITE);
    let (at, frame) = pair.next().await;
    let Facts::Request(facts) = frame.header.facts else { panic!("{frame:?}") };
    assert_eq!(facts.method_id, WRITE.method_id);
    pair.answer(at, &frame).await;
    call.await.unwrap().unwrap();
    assert_eq!(pair.watched.decided("hedged"), 0);
}

#[tokio::test]
async fn what_may_not_be_done_twice_is_not_copied() {
    check_not_copied(Pair::new(soon(), |builder| builder).await, &WRITE, None).await;
}

#[tokio::test]
async fn who_is_off_or_only_watches_copies_nothing() {
    let with = |mode| move |builder: ClientBuilder| builder.protection(ClientProtection::new().hedging(mode));
    check_not_copied(Pair::new(soon(), with(Mode::Off)).await, &READ, None).await;
    check_not_copied(Pair::new(soon(), with(Mode::Watching)).await, &READ, Some("hedged")).await;
}

#[tokio::test]
async fn without_a_budget_nothing_is_copied() {
    let none = Limits { retry_floor: 0, retry_share: 0, ..soon() };
    check_not_copied(Pair::new(none, |builder| builder).await, &READ, Some("hedge_over_budget")).await;
    let single = Limits { retry_attempts: 1, ..soon() };
    check_not_copied(Pair::new(single, |builder| builder).await, &READ, None).await;
}

#[tokio::test]
async fn an_endpoint_that_refuses_some_gets_no_copies() {
    let mut pair = Pair::new(soon(), |builder| builder).await;
    let facts = svrkit_runtime::wire::frame::ResponseFacts { level: Priority::NORMAL, ..well() };
    // Both announce a level that admits it.
    let mut announced = [false; 2];
    while announced != [true; 2] {
        let call = pair.call(&WRITE);
        let (at, frame) = pair.next().await;
        announced[at] = true;
        pair.servers[at].send(Header::new(frame.header.call_id, Facts::Response(facts)), &[]).await;
        call.await.unwrap().unwrap();
    }
    check_not_copied(pair, &READ, Some("hedge_nowhere")).await;
}
