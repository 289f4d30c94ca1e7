//! Streams that are open while a successor takes over go on with the server that they began with.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, GoawayReason};
use svrkit_runtime::{BothStreams, Bound, Client, Code, Drained, Limits, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::service::{CHAT, COUNT, streams};
use crate::support::{Folder, Note, Raw};

/// A server of streams that takes over in `folder`.
async fn bind(folder: &Folder, limits: Limits) -> Bound {
    let (service, mut told) = streams();
    // What handlers tell is for other tests.
    tokio::spawn(async move { while told.recv().await.is_some() {} });
    let server = Server::new().service(service).limits(limits).takeover(folder.0.join("takeover"));
    server.bind("127.0.0.1:0").await.unwrap()
}

/// It serves until it is taken over from, or `stop` is sent or dropped.
fn run(bound: Bound) -> (oneshot::Sender<()>, JoinHandle<Drained>) {
    let (stop, stopped) = oneshot::channel();
    (stop, tokio::spawn(bound.run_until(async { drop(stopped.await) })))
}

async fn echoes(chat: &mut BothStreams<Note, Note>, number: u64) {
    chat.send(&Note::number(number)).await.unwrap();
    assert_eq!(chat.next().await.unwrap().unwrap().number, number);
}

/// A first server with a stream on it, and a second one that has taken over.
async fn taken_over(folder: &Folder, limits: Limits) -> Restarted {
    let first = bind(folder, limits).await;
    let address = first.local_addr().to_string();
    let (first_stop, first_ended) = run(first);
    let client = Client::connect(&address).await.unwrap();
    let mut chat = client.both_streams::<Note, Note>(&CHAT);
    echoes(&mut chat, 1).await;
    let mut witness = Raw::greeted(address.parse().unwrap()).await;
    let (second_stop, second_ended) = run(bind(folder, limits).await);
    let goaway = witness.receive().await.unwrap();
    assert!(matches!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Draining }), "{goaway:?}");
    Restarted { client, chat, first_ended, _first_stop: first_stop, second_stop, second_ended }
}

struct Restarted {
    client: Client,
    chat: BothStreams<Note, Note>,
    first_ended: JoinHandle<Drained>,
    _first_stop: oneshot::Sender<()>,
    second_stop: oneshot::Sender<()>,
    second_ended: JoinHandle<Drained>,
}

#[tokio::test]
async fn a_stream_goes_on_to_its_end_and_the_next_begins_at_the_successor() {
    let folder = Folder::new("over-streams");
    let Restarted { client, mut chat, first_ended, second_stop, second_ended, _first_stop } =
        taken_over(&folder, Limits::default()).await;
    for number in 2..100 {
        echoes(&mut chat, number).await;
        let mut counted = client.server_stream::<_, Note>(&COUNT, &Note::number(1));
        assert_eq!(counted.next().await.unwrap().unwrap().number, 0, "a new one is the successor's");
        assert!(counted.next().await.unwrap().is_none());
    }
    assert!(!first_ended.is_finished(), "it waits for the stream");
    chat.end().await.unwrap();
    assert!(chat.next().await.unwrap().is_none());
    assert_eq!(first_ended.await.unwrap(), Drained::default(), "nothing was cut");
    let mut chat = client.both_streams::<Note, Note>(&CHAT);
    echoes(&mut chat, 1).await;
    drop((chat, client));
    second_stop.send(()).unwrap();
    second_ended.await.unwrap();
}

#[tokio::test]
async fn a_stream_that_does_not_end_is_cut_when_drain_timeout_is_over_and_told() {
    let folder = Folder::new("over-streams-cut");
    let limits = Limits { drain_timeout: Duration::from_millis(200), ..Limits::default() };
    let Restarted { client, mut chat, first_ended, _first_stop, second_stop, .. } =
        taken_over(&folder, limits).await;
    let drained = first_ended.await.unwrap();
    assert_eq!(drained.calls_cut, 1, "{drained}");
    let status = chat.next().await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    let mut again = client.both_streams::<Note, Note>(&CHAT);
    echoes(&mut again, 2).await;
    drop(second_stop);
}
