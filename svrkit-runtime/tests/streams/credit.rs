//! Credit: who sends waits for who reads, and nobody else does.

use std::time::Duration;

use svrkit_runtime::{Bytes, Limits};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::service::{CHAT, COUNT, SUM, clients, in_process, note, room, streams};
use crate::support::Note;

#[tokio::test(start_paused = true)]
async fn a_sender_waits_when_as_much_waits_as_there_is_room_for() {
    let (service, mut told) = streams();
    let client = in_process(&service, room(3));
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(9, ""));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    // On a clock that stands still, a wait that ends means that nobody has anything to do.
    let mut sent = 0;
    while let Ok(words) = timeout(Duration::from_secs(1), told.recv()).await {
        assert_eq!(words.unwrap(), format!("sent {sent}"));
        sent += 1;
    }
    assert_eq!(sent, 4, "the last of them began with a little credit");
    while stream.next().await.unwrap().is_some() {}
}

/// What one reader leaves holds neither calls nor other streams, on the same connection.
#[tokio::test]
async fn a_reader_that_stops_holds_nobody_up() {
    let (service, mut told) = streams();
    // Of messages of two bytes, each behind its length, some four thousand.
    let limits = Limits { stream_window: 16 << 10, ..Limits::default() };
    let (_server, [client, _]) = clients(&service, limits).await;
    let mut stopped = client.server_stream::<_, Note>(&COUNT, &note(1_000_000, ""));
    assert_eq!(stopped.next().await.unwrap().unwrap().number, 0);
    for _ in 0..3 {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(10_000, ""));
        for number in 0..10_000 {
            assert_eq!(stream.next().await.unwrap().unwrap().number, number);
        }
        assert_eq!(stream.next().await.unwrap(), None);
        let mut sum = client.client_stream::<Note, Note>(&SUM);
        for _ in 0..10_000 {
            sum.send(&Note::number(1)).await.unwrap();
        }
        assert_eq!(sum.finish().await.unwrap().number, 10_000);
    }
    // Of the one that nobody reads, no more was sent than its window bears.
    let sent = |told: &mut tokio::sync::mpsc::UnboundedReceiver<String>| {
        std::iter::from_fn(|| told.try_recv().ok()).filter(|words| words == "sent 9999").count()
    };
    assert_eq!(sent(&mut told), 3, "the stopped one is not among them");
}

/// As many readers as the connection's window bears stop; calls are not held up by the next one either.
#[tokio::test]
async fn streams_share_the_window_of_their_connection_and_calls_need_none() {
    let (service, _told) = streams();
    let limits = Limits { stream_window: 64 << 10, connection_window: 128 << 10, ..Limits::default() };
    let (_server, [client, _]) = clients(&service, limits).await;
    let mut stopped = Vec::new();
    for _ in 0..3 {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1_000_000, ""));
        if let Ok(first) = timeout(Duration::from_millis(300), stream.next()).await {
            assert_eq!(first.unwrap().unwrap().number, 0);
        }
        stopped.push(stream);
    }
    let plain = crate::service::spec("Plain", 5, svrkit_runtime::Streaming::Unary);
    let plain: &'static _ = Box::leak(Box::new(plain));
    for number in 0..10 {
        let answer: Note = client.request(plain, &Note::number(number)).await.unwrap();
        assert_eq!(answer.number, number);
    }
    // Who reads again sets the others free.
    let mut last = stopped.pop().unwrap();
    drop(stopped);
    for number in 1..5_000 {
        let next = last.next().await.unwrap().unwrap().number;
        assert!(next == number || next + 1 == number, "{next} for {number}");
    }
}

/// What is thrown away counts as taken: a connection on which streams are given up does not run out of credit.
#[tokio::test]
async fn streams_that_are_given_up_cost_the_connection_no_credit() {
    let (service, _told) = streams();
    let limits = Limits { connection_window: 16 << 10, stream_window: 8 << 10, ..Limits::default() };
    let (_server, [client, _]) = clients(&service, limits).await;
    let payload = Bytes::from(vec![7; 1000]);
    for _ in 0..100 {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(100_000, ""));
        assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
        drop(stream);
        let mut sum = client.client_stream::<Note, Note>(&SUM);
        for _ in 0..5 {
            let note = Note { payload: payload.clone(), ..Note::number(1) };
            sum.send(&note).await.unwrap();
        }
        drop(sum);
    }
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1_000, ""));
    for number in 0..1_000 {
        assert_eq!(stream.next().await.unwrap().unwrap().number, number);
    }
    let mut sum = client.client_stream::<Note, Note>(&SUM);
    for _ in 0..1_000 {
        sum.send(&Note::number(1)).await.unwrap();
    }
    assert_eq!(sum.finish().await.unwrap().number, 1_000);
}

/// The same where the handler has ended, and somebody keeps the sending end.
#[tokio::test]
async fn answers_that_nobody_takes_cost_no_credit_while_the_sending_end_is_kept() {
    let (service, _told) = streams();
    let limits = Limits { connection_window: 16 << 10, ..Limits::default() };
    let (_server, [client, _]) = clients(&service, limits).await;
    let mut kept = Vec::new();
    for number in 0..20 {
        let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
        for _ in 0..4 {
            let long = Note { payload: vec![7; 1000].into(), ..Note::number(number) };
            requests.send(&long).await.unwrap();
        }
        requests.send(&note(0, "leave")).await.unwrap();
        assert_eq!(answers.next().await.unwrap().unwrap().number, number);
        // A call's answer comes after all of the stream's: there they wait.
        let sum = client.client_stream::<Note, Note>(&SUM);
        assert_eq!(sum.finish().await.unwrap().number, 0);
        drop(answers);
        kept.push(requests);
    }
}

/// Neither takes what the other sends. The connection goes on, and so do they once one of them reads.
#[tokio::test]
async fn two_sides_that_both_stop_reading_hold_no_connection() {
    let (service, _told) = streams();
    let limits = Limits { outbound_queue: 1 << 10, ..room(100) };
    let (_server, clients) = clients(&service, limits).await;
    for client in clients {
        let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
        let sending = tokio::spawn(async move {
            for number in 0..5_000 {
                requests.send(&Note::number(number)).await.unwrap();
            }
            requests.end();
        });
        // The handler waits for credit to answer, the caller for credit to ask.
        for _ in 0..1000 {
            yield_now().await;
        }
        let mut other = client.client_stream::<Note, Note>(&SUM);
        other.send(&Note::number(1)).await.unwrap();
        assert_eq!(other.finish().await.unwrap().number, 1);
        for number in 0..5_000 {
            assert_eq!(answers.next().await.unwrap().unwrap().number, number);
        }
        assert_eq!(answers.next().await.unwrap(), None);
        sending.await.unwrap();
    }
}

#[tokio::test]
async fn a_message_may_be_longer_than_a_window() {
    let (service, _told) = streams();
    let limits = Limits { stream_window: 1 << 10, connection_window: 1 << 10, ..Limits::default() };
    let (_server, clients) = clients(&service, limits).await;
    for client in clients {
        let mut stream = client.both_streams::<Note, Note>(&CHAT);
        for len in [10, 1_000, 100_000, 1_000_000, 5] {
            let sent = Note { payload: vec![len as u8; len].into(), ..Note::number(len as u64) };
            stream.send(&sent).await.unwrap();
            assert_eq!(stream.next().await.unwrap().unwrap(), sent);
        }
        stream.end().await.unwrap();
        assert_eq!(stream.next().await.unwrap(), None);
    }
}

/// Messages arrive in their order, whichever of them leave in parts.
#[tokio::test]
async fn long_and_short_messages_keep_their_order() {
    let (service, _told) = streams();
    let (_server, [client, _]) = clients(&service, Limits::default()).await;
    let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
    let sending = tokio::spawn(async move {
        for number in 0..60 {
            let len = if number % 7 == 0 { 200_000 } else { 3 };
            requests.send(&Note { payload: vec![7; len].into(), ..Note::number(number) }).await.unwrap();
        }
        requests.end();
    });
    for number in 0..60 {
        assert_eq!(answers.next().await.unwrap().unwrap().number, number);
    }
    assert_eq!(answers.next().await.unwrap(), None);
    sending.await.unwrap();
}
