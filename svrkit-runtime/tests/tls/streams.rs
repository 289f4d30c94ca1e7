//! Streams over TLS are streams.

use svrkit_runtime::{Client, Code, Limits, Server};

use crate::authority::{Authority, Leaf, Secured};
use crate::service::{CHAT, COUNT, SUM, note, streams};
use crate::support::Note;

/// A server of streams over TLS, and a client of it.
async fn start(limits: Limits) -> (Secured, Client, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let authority = Authority::new("the CA of tests");
    let tls = authority.issue(Leaf::here()).server().load().unwrap();
    let (service, told) = streams();
    let secured = Secured::of(authority, Server::new().tls(tls).limits(limits).service(service)).await;
    let client = secured.builder(secured.trust()).limits(limits).connect().await.unwrap();
    (secured, client, told)
}

#[tokio::test]
async fn messages_come_in_their_order_every_way() {
    let (_secured, client, _told) = start(Limits::default()).await;
    let mut counted = client.server_stream::<_, Note>(&COUNT, &Note::number(500));
    for number in 0..500 {
        assert_eq!(counted.next().await.unwrap().unwrap().number, number);
    }
    assert!(counted.next().await.unwrap().is_none());

    let mut sum = client.client_stream::<Note, Note>(&SUM);
    for number in 0..500 {
        sum.send(&Note::number(number)).await.unwrap();
    }
    assert_eq!(sum.finish().await.unwrap().number, 499 * 500 / 2);

    let mut chat = client.both_streams::<Note, Note>(&CHAT);
    for number in 0..500 {
        chat.send(&Note::number(number)).await.unwrap();
        assert_eq!(chat.next().await.unwrap().unwrap().number, number);
    }
    chat.end().await.unwrap();
    assert!(chat.next().await.unwrap().is_none());
}

/// Longer than a record of TLS, than a part of a body and than all credit there is: what is left of one waits in TLS for the socket.
#[tokio::test]
async fn long_messages_pass_both_ways_at_once_with_little_credit() {
    const MESSAGES: u64 = 20;
    let limits =
        Limits { stream_window: 4096, connection_window: 8192, outbound_queue: 4096, ..Limits::default() };
    let (_secured, client, _told) = start(limits).await;
    let long = |number| Note { payload: vec![number as u8; 300_000].into(), ..Note::number(number) };
    let chats = (0..4).map(|_| async {
        let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
        let sending = async {
            for number in 0..MESSAGES {
                requests.send(&long(number)).await.unwrap();
            }
            requests.end();
        };
        let receiving = async {
            for number in 0..MESSAGES {
                assert!(answers.next().await.unwrap().unwrap() == long(number), "message {number}");
            }
            assert!(answers.next().await.unwrap().is_none());
        };
        tokio::join!(sending, receiving);
    });
    let [a, b, c, d] = chats.collect::<Vec<_>>().try_into().ok().unwrap();
    tokio::join!(a, b, c, d);
}

#[tokio::test]
async fn who_drops_a_stream_stops_its_handler_and_who_fails_says_why() {
    let (_secured, client, mut told) = start(Limits::default()).await;
    let mut sum = client.client_stream::<Note, Note>(&SUM);
    sum.send(&note(1, "no such note")).await.unwrap();
    let status = sum.finish().await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "no such note"));
    let mut left = client.both_streams::<Note, Note>(&CHAT);
    left.send(&Note::number(1)).await.unwrap();
    assert_eq!(left.next().await.unwrap().unwrap().number, 1);
    let (requests, answers) = left.split().await.unwrap();
    drop(requests);
    assert!(told.recv().await.unwrap().contains("left"), "the handler is told");
    drop(answers);
    let mut counted = client.server_stream::<_, Note>(&COUNT, &Note::number(1));
    assert_eq!(counted.next().await.unwrap().unwrap().number, 0, "the connection goes on");
}
