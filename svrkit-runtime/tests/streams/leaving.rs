//! Streams and the ends of their connections: a goaway lets them go on, a drain gives them its time.

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Cause, Client, Code, Limits, Retry, Server};

use crate::service::{CHAT, COUNT, note, streams};
use crate::support::Note;

#[tokio::test]
async fn a_stream_goes_on_while_its_server_stops_and_its_end_is_waited_for() {
    let (service, _told) = streams();
    let server = TestServer::start(service).await;
    let client = Client::connect(server.address()).await.unwrap();
    let mut stream = client.both_streams::<Note, Note>(&CHAT);
    stream.send(&Note::number(1)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().number, 1);
    let stopping = tokio::spawn(server.stop());
    // Once no other call is taken, the goaway has come.
    while client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.is_ok() {
        tokio::task::yield_now().await;
    }
    for number in 0..1000 {
        stream.send(&Note::number(number)).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().number, number);
    }
    assert!(!stopping.is_finished());
    stream.end().await.unwrap();
    assert_eq!(stream.next().await.unwrap(), None);
    let drained = stopping.await.unwrap();
    assert_eq!((drained.calls_cut, drained.connections_cut), (0, 0));
}

#[tokio::test]
async fn a_stream_that_does_not_end_in_time_is_told_why_it_was_cut() {
    let (service, _told) = streams();
    let limits = Limits { drain_timeout: Duration::from_millis(20), ..Limits::default() };
    let server = TestServer::start(Server::new().limits(limits).service(service)).await;
    let client = Client::connect(server.address()).await.unwrap();
    let mut stream = client.both_streams::<Note, Note>(&CHAT);
    stream.send(&Note::number(1)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().number, 1);
    let drained = server.stop().await;
    assert_eq!((drained.calls_cut, drained.connections_cut), (1, 0));
    let status = stream.next().await.unwrap_err();
    assert_eq!((status.code(), status.facts().cause), (Code::Unavailable, Cause::Draining));
    assert!(status.message().contains("drain.timeout"), "{status}");
    assert_eq!(stream.send(&Note::number(2)).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn a_stream_whose_connection_is_lost_ends_in_words_after_what_had_come() {
    let (service, mut told) = streams();
    let mut server = TestServer::start(service).await;
    let client = Client::connect(server.address()).await.unwrap();
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(3, "wait"));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    for number in 0..3 {
        assert_eq!(told.recv().await.unwrap(), format!("sent {number}"));
    }
    server.crash().await;
    let status = loop {
        match stream.next().await {
            Ok(note) => assert!(note.is_some(), "it has not ended well"),
            Err(status) => break status,
        }
    };
    assert_eq!((status.code(), status.facts().retry), (Code::Unavailable, Retry::Unknown));
    assert!(status.message().ends_with("had an effect is not known"), "{status}");
}
