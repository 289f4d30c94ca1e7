//! Callers that give streams up, wherever they may.

use svrkit_runtime::{Client, Limits};

use crate::cancels::{Work, both, limits, over_a_socket_with};
use crate::steps::{CHAT, COUNT, SUM};
use crate::support::Note;

#[test]
fn a_stream_of_answers() {
    both(|client| {
        Box::pin(async move {
            let mut notes = client.server_stream::<_, Note>(&COUNT, &Note::number(20));
            while notes.next().await.unwrap().is_some() {}
        })
    });
}

#[test]
fn a_stream_of_requests() {
    both(|client| {
        Box::pin(async move {
            let mut notes = client.client_stream::<Note, Note>(&SUM);
            for number in 0..20 {
                notes.send(&Note::number(number)).await.unwrap();
            }
            assert_eq!(notes.finish().await.unwrap(), Note::number(20));
        })
    });
}

#[test]
fn a_stream_both_ways() {
    both(|client| {
        Box::pin(async move {
            let mut notes = client.both_streams::<Note, Note>(&CHAT);
            for number in 0..5 {
                notes.send(&Note::number(number)).await.unwrap();
                assert_eq!(notes.next().await.unwrap(), Some(Note::number(number)));
            }
            notes.end().await.unwrap();
            assert_eq!(notes.next().await.unwrap(), None);
        })
    });
}

/// Both halves are given up wherever they are, one after the other.
#[test]
fn a_stream_in_two_halves() {
    both(|client| {
        Box::pin(async move {
            let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
            let sending = async move {
                for number in 0..20 {
                    requests.send(&Note::number(number)).await.unwrap();
                }
                requests.end();
            };
            let receiving = async move { while answers.next().await.unwrap().is_some() {} };
            tokio::join!(sending, receiving);
        })
    });
}

/// Senders wait for credit at every message: of their stream, and of the connection.
#[test]
fn a_stream_that_has_little_credit() {
    fn work(client: Client) -> Work {
        Box::pin(async move {
            let mut notes = client.both_streams::<Note, Note>(&CHAT);
            for number in 0..5 {
                let note = Note { payload: vec![7; 3_000].into(), ..Note::number(number) };
                notes.send(&note).await.unwrap();
                assert_eq!(notes.next().await.unwrap(), Some(note));
            }
            notes.end().await.unwrap();
            assert_eq!(notes.next().await.unwrap(), None);
        })
    }
    let little = Limits { stream_window: 1 << 10, connection_window: 1 << 10, ..limits() };
    over_a_socket_with(little, work, little);
}

/// A long message is given up in the middle of its parts.
#[test]
fn a_stream_of_long_messages() {
    both(|client| {
        Box::pin(async move {
            let mut notes = client.both_streams::<Note, Note>(&CHAT);
            let note = Note { payload: vec![7; 200_000].into(), ..Note::default() };
            for _ in 0..2 {
                notes.send(&note).await.unwrap();
                assert_eq!(notes.next().await.unwrap().as_ref(), Some(&note));
            }
        })
    });
}
