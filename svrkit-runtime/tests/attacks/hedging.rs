//! Who cancels much and means no harm.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Header};
use svrkit_runtime::{Client, Limits};

use crate::arena::{self, Counts};
use crate::raw::frame;
use crate::support::{ECHO, Note, Raw, WAIT, request_header, well, words};

/// So few that any charge beyond what calls pay for would show.
fn few() -> Limits {
    // A busy machine takes a while for them.
    Limits { flood_frames: 16, queue_wait: Duration::from_secs(60), ..Limits::default() }
}

/// By hand, as fast as a socket takes them: of each two calls one is cancelled.
#[tokio::test]
async fn half_of_all_calls_may_be_cancelled_for_ever() {
    let counts = Arc::new(Counts::default());
    let server = TestServer::start(arena::server(few(), &counts)).await;
    let round = |number: u32| {
        let (answered, cancelled) = (2 * number + 1, 2 * number + 2);
        [
            frame(request_header(cancelled, 4), &[], &[]),
            frame(request_header(answered, 1), &[], &[]),
            frame(Header::new(cancelled, Facts::Cancel), &[], &[]),
        ]
        .concat()
    };
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    // As many at once as a client may have in flight.
    for window in 0..200 {
        let rounds = (100 * window..100 * (window + 1)).flat_map(round);
        raw.send_bytes(&rounds.collect::<Vec<u8>>()).await;
        for _ in 0..100 {
            let answer = raw.receive().await.unwrap();
            assert_eq!(answer.header.facts, Facts::Response(well()), "{}", words(&answer));
        }
    }
    drop(raw);
    server.stop().await;
}

/// By a client of ours: the first of two answers counts, and the other call is given up.
#[tokio::test]
async fn a_client_that_hedges_every_call_keeps_its_connection() {
    let counts = Arc::new(Counts::default());
    let server = TestServer::start(arena::server(few(), &counts)).await;
    let client = Client::connect(server.address()).await.unwrap();
    for _ in 0..1000 {
        let slow = client.request::<_, Note>(&WAIT, &Note::default());
        let fast = client.request::<_, Note>(&ECHO, &Note::default());
        tokio::select! {
            biased;
            _ = slow => {}
            answer = fast => { answer.unwrap(); }
        }
    }
    assert_eq!(counts.opened.load(std::sync::atomic::Ordering::Relaxed), 1, "{counts}");
    drop(client);
    server.stop().await;
}
