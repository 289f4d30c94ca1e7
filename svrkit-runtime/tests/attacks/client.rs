//! Servers that attack their callers: what is not as it should be is ignored and counted, or cut, and the caller goes elsewhere.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, GoawayReason, Header, ResponseFacts};
use svrkit_runtime::{Client, Code, Ending, Event, Limits, Recorder, Side, Status, Tlv};
use tokio::net::TcpListener;

use crate::raw::frame;
use crate::support::{ECHO, Note, Raw, Running};

fn limits() -> Limits {
    Limits { flood_frames: 100, ..Limits::default() }
}

/// What comes of a call whose server answers with these frames, made for its id, and how the connection ended.
async fn answered_with(frames: impl Fn(u32) -> Vec<u8>) -> (Result<Note, Status>, Recorder) {
    let (listener, recorder) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Recorder::default());
    let address = listener.local_addr().unwrap().to_string();
    let call = async {
        let client =
            Client::builder(address).limits(limits()).monitor(recorder.clone()).connect().await.unwrap();
        let answer = client.request::<_, Note>(&ECHO, &Note::number(1)).await;
        // Once more: whatever came behind the first answer has been read then.
        let again = client.request::<_, Note>(&ECHO, &Note::number(2)).timeout(Duration::from_secs(5)).await;
        (answer, again)
    };
    let server = async {
        let mut raw = Raw::accept(&listener).await;
        while let Some(request) = raw.receive().await {
            let Facts::Request(_) = request.header.facts else { continue };
            let note = Note::decode(&request.body).unwrap();
            let bytes = match note.number {
                1 => frames(request.header.call_id),
                _ => answer(request.header.call_id, &note),
            };
            // A client that has cut the connection takes no more.
            if tokio::io::AsyncWriteExt::write_all(&mut raw.stream, &bytes).await.is_err() {
                return;
            }
        }
    };
    let ((answer, again), ()) = tokio::select! {
        calls = call => (calls, ()),
        () = async { server.await; std::future::pending().await } => unreachable!("it never ends"),
    };
    drop(again);
    (answer, recorder)
}

fn answer(call_id: u32, note: &Note) -> Vec<u8> {
    frame(Header::new(call_id, Facts::Response(ResponseFacts::default())), &[], &note.encode().unwrap())
}

fn was_cut(recorder: &Recorder) -> bool {
    let cut = |event: &Event| {
        matches!(event, Event::ConnectionEnded { side: Side::Client, ending: Ending::Limit, .. })
    };
    recorder.events().iter().any(cut)
}

#[tokio::test]
async fn answers_to_nobody_and_second_answers_change_nothing() {
    let (answered, recorder) = answered_with(|call_id| {
        let strangers = (1000..1020).flat_map(|call_id| answer(call_id, &Note::number(9)));
        let right = answer(call_id, &Note::number(1)).repeat(20);
        strangers.chain(right).collect()
    })
    .await;
    assert_eq!(answered.unwrap().number, 1);
    assert!(!was_cut(&recorder));
}

#[tokio::test]
async fn floods_of_a_server_end_its_connection() {
    let floods: [fn(u32) -> Vec<u8>; 4] = [
        |_| answer(1000, &Note::number(9)),
        |_| frame(Header::new(0, Facts::Ping(1)), &[], &[]),
        |_| frame(Header::new(0, Facts::Goaway { reason: GoawayReason::Draining }), &[], &[]),
        |call_id| {
            // Of itself.
            answer(call_id ^ (1 << 31), &Note::number(1))
        },
    ];
    for flood in floods {
        let (answered, recorder) = answered_with(|call_id| flood(call_id).repeat(400)).await;
        let status = answered.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(status.message().contains("(flood.frames)"), "{status}");
        assert!(was_cut(&recorder));
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_waited_for() {
    let (answered, _) = answered_with(|call_id| {
        let header = Header::new(call_id, Facts::Response(ResponseFacts::default()));
        Header { body_len: u32::MAX, ..header }.to_bytes().to_vec()
    })
    .await;
    let status = answered.unwrap_err();
    assert!(status.message().contains("(message.in)"), "{status}");
}

/// A server that reads nothing: what is queued for it is bounded, and who waits for room is told so.
#[tokio::test]
async fn requests_that_a_server_does_not_read_are_not_piled_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let builder = Client::builder(address).limits(Limits { outbound_queue: 64 << 10, ..limits() });
    let (raw, client) = tokio::join!(Raw::accept(&listener), builder.connect());
    let client = client.unwrap();
    let before = crate::heap::live();
    crate::heap::forget_peak();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let note = Note { payload: vec![7; 1 << 20].into(), ..Note::default() };
        calls.spawn(client.request::<_, Note>(&ECHO, &note).timeout(Duration::from_millis(100)));
    }
    let held = crate::heap::peak() - before;
    let ends = calls.join_all().await;
    assert!(ends.iter().all(|end| end.as_ref().unwrap_err().code() == Code::DeadlineExceeded));
    let queued = crate::heap::live() - before;
    assert!(queued < 8 << 20, "{queued} of {held} bytes are still held");
    drop(raw);
}

/// One bad server among good ones costs its callers what was in flight there.
#[tokio::test]
async fn a_caller_goes_on_elsewhere() {
    let good = Running::start().await;
    let client = good.client().await;
    let (answered, _) = answered_with(|_| frame(Header::new(0, Facts::Ping(1)), &[], &[]).repeat(400)).await;
    assert!(answered.is_err());
    assert!(client.request::<_, Note>(&ECHO, &Note::number(1)).await.is_ok());
}
