//! Four services, each of which calls the next: whoever gives up at the front ends all of them.

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Client, Code, Context, Server, Service, ServiceSpec, Spec, Status};
use tokio::sync::mpsc;
use tokio::time::{Instant, advance};

use crate::nothing_left::{leaving_nothing, with_paused_clock};
use crate::support::Note;

const HOPS: usize = 4;

static PASS: Spec = Spec::new("test.Hop", 4101, "Pass", 1)
    .messages("test.Note", "test.Note")
    .timeout(Duration::from_secs(30));
static HOP: ServiceSpec = ServiceSpec::new("test.Hop", 4101, &[&PASS]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Started,
    Dropped,
}

/// What the handler of a hop was seen to do, and when.
type Sight = (Seen, usize, Instant);

/// Calls the next hop; the last one waits for ever.
struct Hop {
    number: usize,
    next: Option<Client>,
    seen: mpsc::UnboundedSender<Sight>,
    /// So long its handler computes before it calls on.
    computes: Duration,
}

/// Tells when the handler that it lives in is dropped.
struct Dropped(usize, mpsc::UnboundedSender<Sight>);

impl Drop for Dropped {
    fn drop(&mut self) {
        // Nobody listens at the end of the test.
        let _ = self.1.send((Seen::Dropped, self.0, Instant::now()));
    }
}

impl Service for Hop {
    fn spec(&self) -> &'static ServiceSpec {
        &HOP
    }

    fn dispatch(&self, call: Call) {
        let (number, next, seen, computes) =
            (self.number, self.next.clone(), self.seen.clone(), self.computes);
        call.handle(&PASS, move |note: Note| async move {
            let now = Instant::now();
            assert!(Context::current().deadline().is_some_and(|deadline| now < deadline), "it starts late");
            seen.send((Seen::Started, number, now)).unwrap();
            let _dropped = Dropped(number, seen);
            if computes > Duration::ZERO {
                advance(computes).await;
            }
            match next {
                Some(next) => next.request::<_, Note>(&PASS, &note).await,
                None => std::future::pending::<Result<Note, Status>>().await,
            }
        });
    }
}

/// In this process; `computes` at hop number `at`.
fn in_process(at: usize, computes: Duration) -> (Client, mpsc::UnboundedReceiver<Sight>) {
    let (seen, sights) = mpsc::unbounded_channel();
    let mut next = None;
    for number in (1..=HOPS).rev() {
        let computes = if number == at { computes } else { Duration::ZERO };
        let hop = Hop { number, next: next.take(), seen: seen.clone(), computes };
        next = Some(Server::new().service(hop).in_process().unwrap());
    }
    (next.unwrap(), sights)
}

async fn next_sight(sights: &mut mpsc::UnboundedReceiver<Sight>) -> (Seen, usize) {
    let (seen, hop, _) = sights.recv().await.unwrap();
    (seen, hop)
}

async fn expect_in_turn(sights: &mut mpsc::UnboundedReceiver<Sight>, what: Seen) {
    for number in 1..=HOPS {
        assert_eq!(next_sight(sights).await, (what, number));
    }
}

#[test]
fn who_gives_up_stops_the_whole_chain_at_the_same_instant() {
    with_paused_clock(async {
        let (client, mut sights) = in_process(0, Duration::ZERO);
        let first = tokio::spawn(client.request::<_, Note>(&PASS, &Note::number(7)));
        expect_in_turn(&mut sights, Seen::Started).await;
        advance(Duration::from_secs(1)).await;
        let given_up = Instant::now();
        first.abort();
        for number in 1..=HOPS {
            assert_eq!(sights.recv().await.unwrap(), (Seen::Dropped, number, given_up));
        }
    });
}

#[test]
fn the_first_deadline_ends_the_whole_chain() {
    with_paused_clock(async {
        let (client, mut sights) = in_process(0, Duration::ZERO);
        let deadline = Instant::now() + Duration::from_secs(3);
        let first = client.request::<_, Note>(&PASS, &Note::number(7)).timeout(Duration::from_secs(3));
        assert_eq!(first.await.unwrap_err().code(), Code::DeadlineExceeded);
        expect_in_turn(&mut sights, Seen::Started).await;
        let mut dropped = Vec::new();
        for _ in 1..=HOPS {
            let (seen, hop, at) = sights.recv().await.unwrap();
            assert_eq!(seen, Seen::Dropped);
            // The timer's grain is a millisecond.
            assert!(at >= deadline && at <= deadline + Duration::from_millis(1), "{:?}", at - deadline);
            dropped.push(hop);
        }
        dropped.sort_unstable();
        assert_eq!(dropped, [1, 2, 3, 4]);
    });
}

#[test]
fn nothing_starts_behind_a_hop_that_computes_past_the_deadline() {
    with_paused_clock(async {
        for at in 1..HOPS {
            let (client, mut sights) = in_process(at, Duration::from_secs(4));
            let first = client.request::<_, Note>(&PASS, &Note::number(7)).timeout(Duration::from_secs(3));
            assert_eq!(first.await.unwrap_err().code(), Code::DeadlineExceeded);
            drop(client);
            // The handlers tell it to the last, and then nobody is there to tell anything.
            let mut started = 0;
            while let Some((seen, ..)) = sights.recv().await {
                started += usize::from(seen == Seen::Started);
            }
            assert_eq!(started, at);
        }
    });
}

#[test]
fn over_sockets_a_chain_is_stopped_hop_by_hop() {
    leaving_nothing(async || {
        let (seen, mut sights) = mpsc::unbounded_channel();
        let (mut servers, mut next) = (Vec::new(), None);
        for number in (1..=HOPS).rev() {
            let hop = Hop { number, next: next.take(), seen: seen.clone(), computes: Duration::ZERO };
            let server = TestServer::start(hop).await;
            next = Some(server.client().await);
            servers.push(server);
        }
        let client = next.unwrap();
        for _ in 0..200 {
            let first = tokio::spawn(client.request::<_, Note>(&PASS, &Note::number(7)));
            expect_in_turn(&mut sights, Seen::Started).await;
            first.abort();
            expect_in_turn(&mut sights, Seen::Dropped).await;
        }
        drop(client);
        // The first in the chain is the last that was started.
        for server in servers.into_iter().rev() {
            assert_eq!(server.stop().await.calls_cut, 0);
        }
    });
}
