//! What a client has of a call that was given up: no slot and no place, from the moment on in which its future is dropped.
//!
//! What servers, tasks and sockets have of it is shown from outside, by `tests/holding/cancels.rs`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::Client;
use super::connection::Connection;
use super::picker::OutgoingCall;
use crate::context::Context;
use crate::limits::Limits;
use crate::monitor::{Decision, Event, Recorder};
use crate::server::Server;
use crate::simulation::{Conditions, Simulation};
use crate::spec::{ServiceSpec, Spec, Streaming};
use crate::stream::Sender;
use crate::testing::TestServer;
use crate::types::{BytesValue, U64Value};
use crate::{Call, Service, Status};

static WALK: Spec = Spec::new("test.Walks", 4300, "Walk", 1);
static REST: Spec = Spec::new("test.Walks", 4300, "Rest", 3).idempotent();
static COUNT: Spec = Spec::new("test.Walks", 4300, "Count", 2).streaming(Streaming::Server);
static WALKS: ServiceSpec = ServiceSpec::new("test.Walks", 4300, &[&WALK, &COUNT, &REST]);

/// Calls that it takes at once.
const PLACES: u32 = 2;

struct Walks;

impl Service for Walks {
    fn spec(&self) -> &'static ServiceSpec {
        &WALKS
    }

    fn dispatch(&self, call: Call) {
        match call.method_id() {
            1 => call.handle(&WALK, |turns: U64Value| async move {
                for _ in 0..turns.value {
                    yield_now().await;
                }
                Ok::<_, Status>(turns)
            }),
            3 => call.handle(&REST, |time: U64Value| async move {
                sleep(Duration::from_millis(time.value)).await;
                Ok::<_, Status>(time)
            }),
            _ => call.handle_server_stream(&COUNT, |end: U64Value, mut out: Sender<U64Value>| async move {
                for number in 0..end.value {
                    out.send(&number.into()).await?;
                }
                Ok(())
            }),
        }
    }
}

/// Polls `work` so often, each time when it is woken, and drops it: at once, or when it is woken again. True: it was ready.
async fn give_up_after(polls: usize, when_woken: bool, work: impl Future<Output = ()>) -> bool {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match work.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if left == 0 && !when_woken => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Gives `work` up at each of its polls, until it comes to its end.
async fn check(client: &Client, work: impl AsyncFn()) {
    for when_woken in [false, true] {
        let mut polls = 0;
        while !give_up_after(polls, when_woken, work()).await {
            if let Some(connection) = client.0.pool.ready(None) {
                let left = (connection.link.pending().taken(), connection.places.taken());
                assert_eq!(left, (0, 0), "slots and places taken after {polls} polls");
            }
            settle(client).await;
            polls += 1;
        }
        assert!(polls > 1, "it was never given up while it waited");
    }
}

/// What was given up counts at the server until its handler is gone: waits until it takes as many calls as there are places.
async fn settle(client: &Client) {
    let call = || client.request::<U64Value, U64Value>(&WALK, &U64Value::default());
    while let (Err(_), _) | (_, Err(_)) = tokio::join!(call(), call()) {
        yield_now().await;
    }
}

async fn walk(client: &Client, turns: u64) {
    let walked: U64Value = client.request(&WALK, &U64Value::from(turns)).await.unwrap();
    assert_eq!(walked.value, turns);
}

async fn check_calls(client: &Client) {
    check(client, async || walk(client, 3).await).await;
    // Some of them wait for a place.
    check(client, async || {
        tokio::join!(walk(client, 2), walk(client, 1), walk(client, 0), walk(client, 1));
    })
    .await;
}

fn server() -> Server {
    Server::new().service(Walks).limits(Limits { calls_in_flight: PLACES, ..Limits::default() })
}

#[tokio::test]
async fn a_call_over_a_socket_leaves_no_slot_and_no_place() {
    let server = TestServer::start(server()).await;
    check_calls(&server.client().await).await;
}

#[tokio::test]
async fn a_call_in_process_leaves_no_slot_and_no_place() {
    check_calls(&server().in_process().unwrap()).await;
}

#[tokio::test]
async fn a_call_that_waits_for_room_leaves_no_slot_and_no_place() {
    let server = TestServer::start(server()).await;
    let limits = Limits { outbound_queue: 1 << 10, ..Limits::default() };
    let client = Client::builder(server.address()).limits(limits).connect().await.unwrap();
    let large = BytesValue::from(Bytes::from(vec![7; 2_000_000]));
    check(&client, async || {
        let call = || client.request::<BytesValue, BytesValue>(&WALK, &large);
        // No number to the handler, which sends back what it does not know.
        let (one, other) = tokio::join!(call(), call());
        assert!(one.is_ok() && other.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_stream_in_process_leaves_no_slot_and_no_place() {
    let client = server().in_process().unwrap();
    check(&client, async || {
        let mut numbers = client.server_stream::<U64Value, U64Value>(&COUNT, &40.into());
        while numbers.next().await.unwrap().is_some() {}
    })
    .await;
}

/// It is at one of two endpoints for 10 ms, at both for 30, and where the first is lost, at the other one alone.
#[test]
fn a_call_at_two_endpoints_leaves_no_slot_and_no_place() {
    for is_lost in [false, true] {
        Simulation::seeded(1).conditions(Conditions::delay(Duration::from_millis(1))).run(async |network| {
            for name in ["one", "other"] {
                network.host(name).spawn(async {
                    let bound = server().without_metrics().bind("0.0.0.0:4310").await.unwrap();
                    bound.run_until(std::future::pending()).await;
                });
            }
            let limits = Limits { hedge_delay: Duration::from_millis(10), ..Limits::default() };
            let told = Recorder::default();
            let client = Client::builder("one:4310,other:4310").limits(limits).monitor(told.clone()).lazy();
            for after in 0..50 {
                connected(&client).await;
                let rest = client.request::<U64Value, U64Value>(&REST, &40.into());
                let lose = async {
                    sleep(Duration::from_millis(20)).await;
                    if is_lost {
                        client.0.pool.ready(None).unwrap().link.close();
                    }
                    std::future::pending::<()>().await;
                };
                let work = async { tokio::join!(rest, lose) };
                assert!(timeout(Duration::from_millis(after), work).await.is_err());
                for connection in connected(&client).await {
                    let left = (connection.link.pending().taken(), connection.places.taken());
                    assert_eq!(left, (0, 0), "slots and places taken after {after} ms");
                }
            }
            let is_hedge = |event: &Event| matches!(event, Event::Decided { decision: Decision::Hedged, .. });
            let hedged = told.events().into_iter().filter(is_hedge).count();
            assert!(hedged >= 20, "{hedged} were at both");
        });
    }
}

/// A connection to each of the two endpoints.
async fn connected(client: &Client) -> [Arc<Connection>; 2] {
    loop {
        let walk = client.request::<U64Value, U64Value>(&WALK, &U64Value::default());
        walk.await.unwrap();
        let one = client.0.pool.ready(None).unwrap();
        let (context, tried) = (Context::default(), [Arc::clone(one.peer())]);
        let elsewhere = OutgoingCall::new(&WALK, &context, 0).after(&tried);
        if let Some(other) = client.0.pool.ready(Some(&elsewhere)) {
            return [one, other];
        }
    }
}
