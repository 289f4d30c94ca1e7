//! Streams of every kind: one attempt each, with what went through.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Metrics, Server, Tlv};

use crate::ledger::{check, counted, lines};
use crate::service::{CHAT, COUNT, NOTE, SUM, note, streams};
use crate::support::Note;

#[tokio::test]
async fn streams_of_each_kind_are_counted_with_their_messages() {
    let metrics = Metrics::new();
    let (service, mut seen) = streams();
    let server = TestServer::start(Server::new().service(service).metrics(metrics.clone())).await;
    let client = Client::builder(server.address()).metrics(metrics.clone()).lazy();
    let note_len = Note::number(1).encode().unwrap().len() as u64;

    // Answers: three times three, then an end that is none.
    for _ in 0..3 {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(3, ""));
        while stream.next().await.unwrap().is_some() {}
    }
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(3, "fail"));
    while let Ok(Some(_)) = stream.next().await {}
    // Requests: four, and one answer.
    let mut stream = client.client_stream::<Note, Note>(&SUM);
    for _ in 0..4 {
        stream.send(&Note::number(1)).await.unwrap();
    }
    stream.finish().await.unwrap();
    // Both, given up in the middle.
    for _ in 0..2 {
        let mut stream = client.both_streams::<Note, Note>(&CHAT);
        stream.send(&Note::number(1)).await.unwrap();
        stream.next().await.unwrap();
        drop(stream);
    }
    client.oneway(&NOTE, &Note::number(1)).await.unwrap();
    // Never used: no attempt.
    drop(client.server_stream::<_, Note>(&COUNT, &Note::default()));

    let snapshot = check(
        &metrics,
        &[
            ("client test.Streams Count OK", 3),
            ("server test.Streams Count OK", 3),
            ("client test.Streams Count NOT_FOUND", 1),
            ("server test.Streams Count NOT_FOUND", 1),
            ("client test.Streams Sum OK", 1),
            ("server test.Streams Sum OK", 1),
            ("client test.Streams Chat CANCELLED", 2),
            ("server test.Streams Chat CANCELLED", 2),
            ("client test.Streams Note OK", 1),
            // How the handler ended, though nobody hears it.
            ("server test.Streams Note INTERNAL", 1),
        ],
        &[
            ("client test.Streams Count handler", 1),
            ("server test.Streams Count handler", 1),
            ("server test.Streams Note handler", 1),
            ("client test.Streams Chat client", 2),
            ("server test.Streams Chat client", 2),
        ],
        &[],
    )
    .await;
    let messages = [
        ("client test.Streams Count response", 3 * 4),
        ("server test.Streams Count response", 3 * 4),
        ("client test.Streams Sum request", 4),
        ("server test.Streams Sum request", 4),
        ("client test.Streams Chat request", 2),
        ("server test.Streams Chat request", 2),
        ("client test.Streams Chat response", 2),
        ("server test.Streams Chat response", 2),
    ];
    assert_eq!(counted(&snapshot, "svrkit_stream_messages_total"), lines(&messages));
    // Of numbers from 0, which has no bytes.
    let counted_len = 4 * 2 * note_len;
    let bytes = [
        ("client test.Streams Count response", counted_len),
        ("server test.Streams Count response", counted_len),
        ("client test.Streams Sum request", 4 * note_len),
        ("server test.Streams Sum request", 4 * note_len),
        ("client test.Streams Chat request", 2 * note_len),
        ("server test.Streams Chat request", 2 * note_len),
        ("client test.Streams Chat response", 2 * note_len),
        ("server test.Streams Chat response", 2 * note_len),
    ];
    assert_eq!(counted(&snapshot, "svrkit_stream_bytes_total"), lines(&bytes));
    drop(server);
    while seen.try_recv().is_ok() {}
}
