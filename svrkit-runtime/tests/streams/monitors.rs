//! What monitors are told of streams: each once, at either side, with what went through.

use std::sync::{Arc, Mutex};

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{CallEnd, CallFacts, Client, Code, Monitor, Server, Side, StreamTotals};

use crate::service::{CHAT, COUNT, SUM, note, streams};
use crate::support::Note;

#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn tell(&self, words: String) {
        self.0.lock().unwrap().push(words);
    }

    /// What was told of this side, once so much was.
    async fn until(&self, side: Side, count: usize) -> Vec<String> {
        loop {
            let told = self.0.lock().unwrap().clone();
            let side = format!("{side:?} ");
            let of_side: Vec<String> =
                told.iter().filter_map(|words| words.strip_prefix(&*side)).map(ToOwned::to_owned).collect();
            if of_side.len() >= count {
                return of_side;
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Monitor for Told {
    fn call_began(&self, call: &CallFacts<'_>) {
        self.tell(format!("{:?} {} begins", call.side, call.spec.unwrap().method));
    }

    fn call_ended(&self, call: &CallEnd<'_>) {
        let StreamTotals { requests, request_bytes, responses, response_bytes, .. } = call.stream.unwrap();
        assert_eq!(call.stages.started.is_some(), call.code() != Code::DeadlineExceeded);
        self.tell(format!(
            "{:?} {} ends {}: {requests} of {request_bytes}, {responses} of {response_bytes}",
            call.call.side,
            call.call.spec.unwrap().method,
            call.code(),
        ));
    }
}

#[tokio::test]
async fn each_side_is_told_once_of_each_stream_and_its_messages() {
    let told = Told::default();
    let (service, _seen) = streams();
    let server = TestServer::start(Server::new().service(service).monitor(told.clone())).await;
    let client = Client::builder(server.address()).monitor(told.clone()).lazy();

    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(3, "fail"));
    while let Ok(Some(_)) = stream.next().await {}
    assert_eq!(stream.next().await.unwrap_err().code(), Code::NotFound, "asked twice, told once");
    let mut stream = client.client_stream::<Note, Note>(&SUM);
    for _ in 0..4 {
        stream.send(&Note::number(1)).await.unwrap();
    }
    stream.finish().await.unwrap();
    let mut stream = client.both_streams::<Note, Note>(&CHAT);
    stream.send(&Note::number(1)).await.unwrap();
    stream.next().await.unwrap();
    drop(stream);
    // Never used: no attempt.
    drop(client.server_stream::<_, Note>(&COUNT, &Note::default()));

    // Numbers from 0, which has no bytes, are two bytes each.
    let expected = [
        "Count begins",
        "Count ends NOT_FOUND: 0 of 0, 3 of 4",
        "Sum begins",
        "Sum ends OK: 4 of 8, 0 of 0",
        "Chat begins",
        "Chat ends CANCELLED: 1 of 2, 1 of 2",
    ];
    for side in [Side::Client, Side::Server] {
        assert_eq!(told.until(side, expected.len()).await, expected, "{side:?}");
    }
}
