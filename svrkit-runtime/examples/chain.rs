//! How long it takes until the last of four services stops when the first caller gives up, and until all stop at the deadline:
//! a figure of `docs/reliability.md`.
//!
//! ```text
//! cargo run --release -p svrkit-runtime --example chain
//! ```
//!
//! All four are in this process, each behind a socket of its own. That they stop one after the other, and always, is what
//! `tests/holding/chain.rs` shows; here is only how long it took.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Client, Service, ServiceSpec, Spec, Status, Tlv};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

const HOPS: usize = 4;
const ROUNDS: usize = 200;

/// Long enough for all to start.
const DEADLINE: Duration = Duration::from_millis(50);

#[derive(Clone, Debug, Default, Tlv)]
struct Note {
    #[tlv(1)]
    number: u64,
}

static PASS: Spec = Spec::new("example.Hop", 4200, "Pass", 1);
static HOP: ServiceSpec = ServiceSpec::new("example.Hop", 4200, &[&PASS]);

/// What a handler does, and when.
enum Event {
    /// The last one waits.
    Arrived,
    /// It is gone.
    Stopped(Instant),
}

/// Calls the next one; the last one waits until it is stopped.
struct Hop {
    next: Option<Client>,
    events: UnboundedSender<Event>,
}

struct Stopped(UnboundedSender<Event>);

impl Drop for Stopped {
    fn drop(&mut self) {
        // Nobody listens at the very end.
        let _ = self.0.send(Event::Stopped(Instant::now()));
    }
}

impl Service for Hop {
    fn spec(&self) -> &'static ServiceSpec {
        &HOP
    }

    fn dispatch(&self, call: Call) {
        let (next, events) = (self.next.clone(), self.events.clone());
        call.handle(&PASS, |note: Note| async move {
            let _stopped = Stopped(events.clone());
            match next {
                Some(next) => next.request::<_, Note>(&PASS, &note).await,
                None => {
                    // Nobody listens at the very end.
                    let _ = events.send(Event::Arrived);
                    std::future::pending::<Result<Note, Status>>().await
                }
            }
        });
    }
}

#[tokio::main]
async fn main() -> Result<(), Status> {
    let (events, mut told) = unbounded_channel();
    let (mut servers, mut next) = (Vec::new(), None);
    for _ in 0..HOPS {
        let server = TestServer::start(Hop { next: next.take(), events: events.clone() }).await;
        next = Some(Client::connect(server.address()).await?);
        servers.push(server);
    }
    let Some(first) = next else { return Ok(()) };
    let (mut given_up, mut too_late) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let call = tokio::spawn(first.request::<_, Note>(&PASS, &Note::default()));
        arrived(&mut told).await;
        let left = Instant::now();
        call.abort();
        given_up.push(last_stopped(&mut told).await - left);

        let deadline = Instant::now() + DEADLINE;
        let call = tokio::spawn(first.request::<_, Note>(&PASS, &Note::default()).timeout(DEADLINE));
        // One that does not arrive in time is stopped before.
        let last = last_stopped(&mut told).await;
        too_late.push(last.saturating_duration_since(deadline));
        let _ = call.await;
    }
    print("the first caller gives up -> the last handler is dropped", given_up);
    print("the first caller's deadline -> the last handler is dropped", too_late);
    Ok(())
}

async fn arrived(told: &mut UnboundedReceiver<Event>) {
    while !matches!(told.recv().await, Some(Event::Arrived) | None) {}
}

/// When the last of them stopped.
async fn last_stopped(told: &mut UnboundedReceiver<Event>) -> Instant {
    let mut last = Instant::now();
    let mut left = HOPS;
    while left > 0 {
        match told.recv().await {
            Some(Event::Stopped(at)) => {
                last = at;
                left -= 1;
            }
            Some(Event::Arrived) => {}
            None => break,
        }
    }
    last
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "{what}, {HOPS} hops, {} rounds: p50 {:?}, p99 {:?}, most {:?}",
        times.len(),
        at(50),
        at(99),
        at(100)
    );
}
