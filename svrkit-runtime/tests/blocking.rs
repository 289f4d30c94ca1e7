//! Handlers on the blocking pool: what they keep nobody from, and what ends them.
//!
//! A handler here computes by blocking its thread on a channel until the test lets it go.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{ECHO, Note, spec};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts};
use svrkit_runtime::{
    Call, Client, Code, Context, Drained, Layer, Limits, Server, Service, ServiceSpec, Spec, Status,
};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Blocks its thread, then awaits, then answers with what is left of its time, in ms.
static GRIND: Spec = spec("Grind", 20);
/// The same, oneway.
static STORE: Spec = spec("Store", 21).oneway();
static PANIC: Spec = spec("Panic", 22);
static MILL: ServiceSpec = ServiceSpec::new("test.Test", support::TEST_ID, &[&GRIND, &STORE, &PANIC, &ECHO]);

struct Mill(Arc<Work>);

struct Work {
    started: Notify,
    /// Dropped or sent to: the thread goes on.
    blocked: Mutex<mpsc::Receiver<()>>,
    /// The thread has gone on, up to the handler's await.
    awaits: Notify,
    go: Notify,
    gone: Notify,
}

struct Gone(Arc<Work>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.gone.notify_one();
    }
}

impl Work {
    async fn run(self: Arc<Self>, note: Note) -> Result<Note, Status> {
        let _gone = Gone(Arc::clone(&self));
        self.started.notify_one();
        // Fails once the test has dropped its end: then nothing blocks any more.
        let _ = self.blocked.lock().unwrap().recv();
        self.awaits.notify_one();
        self.go.notified().await;
        let remaining = Context::current().remaining().map_or(0, |remaining| remaining.as_millis() as u64);
        Ok(Note { number: remaining, ..note })
    }
}

impl Service for Mill {
    fn spec(&self) -> &'static ServiceSpec {
        &MILL
    }

    fn dispatch(&self, call: Call) {
        let work = Arc::clone(&self.0);
        match call.method_id() {
            20 => call.handle_blocking(&GRIND, move |note| work.run(note)),
            21 => {
                call.handle_oneway_blocking(&STORE, move |note| async move { work.run(note).await.map(drop) })
            }
            22 => call.handle_blocking(&PANIC, |note: Note| async move {
                assert!(note.number == u64::MAX, "as the test wants it");
                Ok(note)
            }),
            1 => call.handle(&ECHO, |note: Note| async move { Ok(note) }),
            _ => call.refuse_unknown_method(&MILL),
        }
    }
}

struct Running {
    client: Client,
    server: TestServer,
    work: Arc<Work>,
    unblock: mpsc::Sender<()>,
}

impl Running {
    async fn start(limits: Limits) -> Self {
        let (unblock, blocked) = mpsc::channel();
        let work = Arc::new(Work {
            started: Notify::new(),
            blocked: Mutex::new(blocked),
            awaits: Notify::new(),
            go: Notify::new(),
            gone: Notify::new(),
        });
        let mill = Mill(Arc::clone(&work));
        let server = TestServer::start(Server::new().limits(limits).service(mill)).await;
        Self { client: server.client().await, server, work, unblock }
    }

    async fn echo(&self) -> Result<Note, Status> {
        self.client.request(&ECHO, &Note::number(7)).await
    }

    fn grind(&self) -> JoinHandle<Result<Note, Status>> {
        tokio::spawn(self.client.request(&GRIND, &Note::number(1)))
    }
}

// One thread serves, calls and is this test: a handler that computed on it would hold all three up.
#[tokio::test]
async fn others_are_answered_while_a_handler_computes() {
    let running = Running::start(Limits::default()).await;
    let ground = running.grind();
    running.work.started.notified().await;
    assert_eq!(running.echo().await.unwrap().number, 7);
    assert!(!ground.is_finished());
    running.unblock.send(()).unwrap();
    running.work.awaits.notified().await;
    running.work.go.notify_one();
    // What the method's 30 s left, by the context that followed over the await.
    let remaining = ground.await.unwrap().unwrap().number;
    assert!((1..=30_000).contains(&remaining), "{remaining}");
}

#[tokio::test]
async fn a_panic_is_its_callers_alone() {
    let running = Running::start(Limits::default()).await;
    let status = running.client.request::<_, Note>(&PANIC, &Note::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status}");
    assert!(status.message().contains("panicked"), "{status}");
    assert_eq!(running.echo().await.unwrap().number, 7);
}

#[tokio::test]
async fn a_cancelled_handler_stays_counted_while_it_computes_and_ends_where_it_awaits() {
    let running = Running::start(Limits { calls_in_flight: 2, ..Limits::default() }).await;
    // By hand: a client of ours would wait for a place instead of asking for one too many.
    let mut raw = support::Raw::greeted(running.server.address().parse().unwrap()).await;
    raw.send(support::request_header(1, 20), b"").await;
    running.work.started.notified().await;
    raw.send(Header::new(1, Facts::Cancel), b"").await;
    // Cancelled and computing: one of the two places is still its own.
    raw.send(oneway(2, 21), b"").await;
    raw.send(support::request_header(3, 1), b"").await;
    let refused = raw.receive().await.unwrap();
    assert_eq!(refused.header.call_id, 3);
    assert!(support::words(&refused).contains("calls.in_flight"), "{refused:?}");
    // Both may go on. The cancelled one ends at its await; the other, which nobody cancelled, waits there.
    drop(running.unblock);
    running.work.gone.notified().await;
    loop {
        raw.send(support::request_header(4, 1), b"").await;
        let answer = raw.receive().await.unwrap();
        let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
        // Its future is gone a moment before its place is free.
        if facts.code == 0 {
            break;
        }
    }
}

#[test]
fn a_handler_whose_turn_comes_after_its_deadline_does_not_start() {
    // One thread on the pool, and a handler on it: the next has to wait for its turn.
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let running = Running::start(Limits::default()).await;
        let ground = running.grind();
        running.work.started.notified().await;
        let late = running.client.request::<_, Note>(&GRIND, &Note::default());
        let late = late.timeout(Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(late.code(), Code::DeadlineExceeded);
        running.unblock.send(()).unwrap();
        running.work.go.notify_one();
        ground.await.unwrap().unwrap();
        // Had the other one started, it would hold the one thread, and this would wait for it in vain.
        let panicked = running.client.request::<_, Note>(&PANIC, &Note::default()).await.unwrap_err();
        assert_eq!(panicked.code(), Code::Internal, "{panicked}");
    });
}

#[tokio::test]
async fn the_deadline_stops_a_handler_at_its_await() {
    let running =
        Running::start(Limits { deadline_max: Duration::from_millis(300), ..Limits::default() }).await;
    drop(running.unblock);
    let status = running.client.request::<_, Note>(&GRIND, &Note::default()).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::DeadlineExceeded, Layer::Handler), "{status}");
    running.work.gone.notified().await;
}

#[tokio::test]
async fn a_drain_waits_for_a_handler_that_computes() {
    let running = Running::start(Limits::default()).await;
    let ground = running.grind();
    running.work.started.notified().await;
    let drained = tokio::spawn(running.server.stop());
    running.unblock.send(()).unwrap();
    running.work.go.notify_one();
    ground.await.unwrap().unwrap();
    assert_eq!(drained.await.unwrap(), Drained::default());
}

#[tokio::test]
async fn a_drain_counts_what_computes_beyond_its_time() {
    let running =
        Running::start(Limits { drain_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    let ground = running.grind();
    running.work.started.notified().await;
    assert_eq!(running.server.stop().await.calls_cut, 1);
    drop(running.unblock);
    assert_eq!(ground.await.unwrap().unwrap_err().code(), Code::Unavailable);
    running.work.gone.notified().await;
}

fn oneway(call_id: u32, method_id: u16) -> Header {
    let facts = RequestFacts {
        service_id: support::TEST_ID,
        method_id,
        remaining_us: 1_000_000,
        ..RequestFacts::default()
    };
    Header { flags: svrkit_runtime::wire::frame::FLAG_ONEWAY, ..Header::new(call_id, Facts::Request(facts)) }
}
