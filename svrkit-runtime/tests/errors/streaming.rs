//! Calls of many messages.

use std::sync::Arc;

use svrkit_runtime::{Limits, Receiver, Sender, Spec, Status, Streaming, Tlv};
use tokio::sync::{Notify, mpsc};

use crate::support::Note;
use crate::{Seen, in_process, own, serve};

static DOWN: Spec = own("Down", 1).streaming(Streaming::Server);
static UP: Spec = own("Up", 1).streaming(Streaming::Client);
static BOTH: Spec = own("Both", 1).streaming(Streaming::Both);

pub(crate) async fn provoke(seen: &mut Seen) {
    let (client, _server) =
        serve(|call| call.handle_server_stream(&DOWN, |_: Note, _: Sender<Note>| async { Ok(()) })).await;
    let mut stream = client.server_stream::<_, Note>(&DOWN, &Note::default());
    seen.caller("stream_over_connection", stream.next().await.unwrap_err());
    messages(seen).await;
    ends(seen).await;
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
