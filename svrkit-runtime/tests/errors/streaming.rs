//! Calls of many messages.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Header, Hello, ResponseFacts, hello_header};
use svrkit_runtime::{
    Client, Envelope, Interceptor, Limits, Next, Receiver, Reply, Sender, Spec, Status, Streaming, Tlv,
};
use tokio::sync::{Notify, mpsc};

use crate::support::{Note, Raw};
use crate::{Seen, in_process, listen, own};

static DOWN: Spec = own("Down", 1).streaming(Streaming::Server);
static UP: Spec = own("Up", 1).streaming(Streaming::Client);
static BOTH: Spec = own("Both", 1).streaming(Streaming::Both);

pub(crate) async fn provoke(seen: &mut Seen) {
    servers(seen).await;
    silence(seen).await;
    interceptors(seen).await;
    messages(seen).await;
    ends(seen).await;
}

/// Servers by hand, whose hellos and answers are these.
async fn servers(seen: &mut Seen) {
    let with_streams = || Hello { stream_window: Some(0), ..Hello::default() };
    let end = |call_id| Header::new(call_id, Facts::Response(ResponseFacts::default()));
    let credit = |call_id| Header::new(call_id, Facts::Credit(u32::MAX));
    for (name, hello, answers) in [
        ("server_without_streams", Hello::default(), vec![]),
        ("answer_without_stream", with_streams(), vec![end as fn(u32) -> Header]),
        ("stream_broken", with_streams(), vec![credit, credit]),
    ] {
        let (listener, address) = listen().await;
        let serving = tokio::spawn(async move {
            let mut raw = Raw::new(listener.accept().await.unwrap().0);
            raw.receive().await.unwrap();
            raw.send(hello_header(), &hello.encode().unwrap()).await;
            if !answers.is_empty() {
                let request = raw.receive().await.unwrap();
                for answer in answers {
                    let header = answer(request.header.call_id);
                    let body: &[u8] = if matches!(header.facts, Facts::Credit(_)) { &[] } else { &[8, 7] };
                    raw.send(header, body).await;
                }
            }
            raw
        });
        let client = Client::connect(address).await.unwrap();
        let mut stream = client.server_stream::<_, Note>(&DOWN, &Note::default());
        seen.caller(name, stream.next().await.unwrap_err());
        serving.await.unwrap();
    }
}

async fn silence(seen: &mut Seen) {
    let limits = Limits { stream_idle: Duration::from_millis(10), ..Limits::default() };
    let client = in_process(limits, |call| {
        call.handle_server_stream(&DOWN, |_: Note, mut answers: Sender<Note>| async move {
            answers.send(&Note::default()).await?;
            std::future::pending().await
        });
    });
    let mut stream = client.server_stream::<_, Note>(&DOWN, &Note::default());
    stream.next().await.unwrap();
    seen.caller("stream_idle", stream.next().await.unwrap_err());
}

async fn interceptors(seen: &mut Seen) {
    struct Answers;
    impl Interceptor for Answers {
        async fn intercept(&self, envelope: Envelope, _: Next<'_>) -> Result<Reply, Status> {
            envelope.reply(&Note::default())
        }
    }
    let client = Client::builder("127.0.0.1:1").interceptor(Answers).lazy();
    let mut stream = client.server_stream::<_, Note>(&DOWN, &Note::default());
    seen.caller("stream_not_passed_on", stream.next().await.unwrap_err());
}

fn long() -> Note {
    Note { payload: vec![7; 1000].into(), ..Note::default() }
}

/// What comes of a long message under these limits.
async fn sent_up(limits: Limits) -> Status {
    let client = in_process(limits, |call| {
        call.handle_client_stream(&UP, |mut notes: Receiver<Note>| async move {
            while notes.next().await?.is_some() {}
            Ok(Note::default())
        });
    });
    client.client_stream::<Note, Note>(&UP).send(&long()).await.unwrap_err()
}

async fn messages(seen: &mut Seen) {
    seen.caller("message_unencodable", sent_up(Limits { message_out: 100, ..Limits::default() }).await);
    seen.caller("message_over_limit", sent_up(Limits { message_in: 100, ..Limits::default() }).await);

    #[derive(Default, Tlv)]
    struct Wrong {
        #[tlv(2)]
        text: Vec<u8>,
    }
    let client = in_process(Limits::default(), |call| {
        call.handle_client_stream(&UP, |mut notes: Receiver<Note>| async move {
            notes.next().await?;
            Ok(Note::default())
        });
    });
    let mut stream = client.client_stream::<Wrong, Note>(&UP);
    stream.send(&Wrong { text: vec![0xff] }).await.unwrap();
    seen.caller("message_unreadable", stream.finish().await.unwrap_err());
}

async fn ends(seen: &mut Seen) {
    // The handler tells what it has met when its caller left.
    let (tell, mut told) = mpsc::unbounded_channel();
    let client = in_process(Limits::default(), move |call| {
        let tell = tell.clone();
        call.handle_both_streams(&BOTH, move |mut notes: Receiver<Note>, _: Sender<Note>| async move {
            tell.send(notes.next().await.unwrap_err()).unwrap();
            Ok(())
        });
    });
    let (requests, mut answers) = client.both_streams::<Note, Note>(&BOTH).split().await.unwrap();
    drop(requests);
    answers.next().await.unwrap();
    seen.handler("caller_left_stream", told.recv().await.unwrap());

    // What goes on after its handler has, and learns that nobody listens.
    let (tell, mut told) = mpsc::unbounded_channel();
    let go = Arc::new(Notify::new());
    let client = in_process(Limits::default(), {
        let go = Arc::clone(&go);
        move |call| {
            let (tell, go) = (tell.clone(), Arc::clone(&go));
            call.handle_server_stream(&DOWN, |_: Note, mut answers: Sender<Note>| async move {
                answers.send(&Note::default()).await?;
                tokio::spawn(async move {
                    go.notified().await;
                    tell.send(answers.send(&Note::default()).await.unwrap_err()).unwrap();
                });
                Ok(())
            });
        }
    });
    let mut stream = client.server_stream::<_, Note>(&DOWN, &Note::default());
    stream.next().await.unwrap();
    drop(stream);
    go.notify_one();
    seen.handler("caller_takes_no_more", told.recv().await.unwrap());

    let uninterested = || {
        in_process(Limits::default(), |call| {
            call.handle_both_streams(&BOTH, |_: Receiver<Note>, _: Sender<Note>| async { Ok(()) });
        })
    };
    let client = uninterested();
    let mut stream = client.both_streams::<Note, Note>(&BOTH);
    stream.end().await.unwrap();
    seen.caller("sent_after_end", stream.send(&Note::default()).await.unwrap_err());
    let mut stream = client.both_streams::<Note, Note>(&BOTH);
    assert_eq!(stream.next().await.unwrap(), None);
    seen.caller("handler_takes_no_more", stream.send(&Note::default()).await.unwrap_err());
    let (mut requests, mut answers) = client.both_streams::<Note, Note>(&BOTH).split().await.unwrap();
    assert_eq!(answers.next().await.unwrap(), None);
    seen.caller("handler_takes_no_more_half", requests.send(&Note::default()).await.unwrap_err());
}
