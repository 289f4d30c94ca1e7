//! How streams end, from either side, over a socket as within a process.

use svrkit_runtime::{Cause, Code, Limits, Party, Spec, Status, Streaming};

use crate::service::{CHAT, COUNT, SUM, clients, note, room, spec, streams};
use crate::support::Note;

#[tokio::test]
async fn a_server_stream_ends_as_its_handler_does() {
    let (service, _told) = streams();
    let (server, clients) = clients(&service, room(4)).await;
    for (client, endpoint) in clients.iter().zip([server.address(), "in process"]) {
        for (text, ended) in [
            ("", Ok(())),
            ("fail", Err((Code::NotFound, "no more notes"))),
            ("panic", Err((Code::Internal, "the handler panicked; the server's log has the place"))),
        ] {
            let mut stream = client.server_stream::<_, Note>(&COUNT, &note(10, text));
            for number in 0..10 {
                assert_eq!(stream.next().await.unwrap().unwrap().number, number);
            }
            // It stays as it is.
            for _ in 0..2 {
                let end = stream.next().await;
                let end =
                    end.as_ref().map(|end| assert_eq!(*end, None)).map_err(|it| (it.code(), it.message()));
                assert_eq!(end, ended, "{text}");
            }
        }
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(0, "fail"));
        let status = stream.next().await.unwrap_err();
        assert_eq!(
            (status.facts().method.unwrap().method, status.facts().endpoint),
            ("Count", Some(endpoint))
        );
    }
}

#[tokio::test]
async fn a_services_own_error_with_its_detail_ends_a_stream() {
    let (service, _told) = streams();
    let (_server, clients) = clients(&service, Limits::default()).await;
    for client in clients {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1, "own error"));
        assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
        let status = stream.next().await.unwrap_err();
        assert_eq!((status.code(), status.facts().error_code), (Code::Aborted, 1001));
        assert_eq!(&status.detail()[..], b"detail");
    }
}

#[tokio::test]
async fn a_client_stream_is_answered_when_it_is_finished_or_earlier() {
    let (service, _told) = streams();
    let (_server, clients) = clients(&service, room(2)).await;
    for client in clients {
        let mut stream = client.client_stream::<Note, Note>(&SUM);
        for number in 1..=10 {
            stream.send(&Note::number(number)).await.unwrap();
        }
        assert_eq!(stream.finish().await.unwrap().number, 55);
        assert_eq!(client.client_stream::<Note, Note>(&SUM).finish().await.unwrap().number, 0);

        let mut stream = client.client_stream::<Note, Note>(&SUM);
        stream.send(&note(7, "")).await.unwrap();
        stream.send(&note(0, "enough")).await.unwrap();
        let refused = loop {
            if let Err(status) = stream.send(&note(1, "")).await {
                break status;
            }
        };
        assert_eq!(refused.code(), Code::Cancelled);
        assert_eq!(stream.finish().await.unwrap().number, 7);
    }
}

#[tokio::test]
async fn a_handlers_error_reaches_who_sends() {
    let (service, _told) = streams();
    let (_server, clients) = clients(&service, room(2)).await;
    for client in clients {
        let mut stream = client.client_stream::<Note, Note>(&SUM);
        stream.send(&note(0, "not like this")).await.unwrap();
        let status = loop {
            if let Err(status) = stream.send(&note(1, "")).await {
                break status;
            }
        };
        assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "not like this"));
        assert_eq!(stream.finish().await.unwrap_err().message(), "not like this");
    }
}

#[tokio::test]
async fn messages_of_a_stream_are_held_to_their_constraints_and_limits() {
    let (service, mut told) = streams();
    let (_server, clients) = clients(&service, Limits::default()).await;
    for client in clients {
        let mut stream = client.client_stream::<Note, Note>(&SUM);
        stream.send(&Note::number(1_000_000_001)).await.unwrap();
        let status = stream.finish().await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(told.recv().await.unwrap(), "Note.number: must be at most 1000000000, is 1000000001");

        let payload = vec![0; 4 << 20].into();
        let mut stream = client.client_stream::<Note, Note>(&SUM);
        let status = stream.send(&Note { payload, ..Note::default() }).await.unwrap_err();
        assert_eq!((status.code(), status.facts().cause), (Code::ResourceExhausted, Cause::Size));
        assert!(status.message().contains("message.in"), "{status}");
        stream.send(&Note::number(2)).await.unwrap();
        assert_eq!(stream.finish().await.unwrap().number, 2, "the stream goes on");
    }
}

#[tokio::test]
async fn both_sides_send_and_end() {
    let (service, _told) = streams();
    let (_server, clients) = clients(&service, room(1)).await;
    for client in clients {
        let mut stream = client.both_streams::<Note, Note>(&CHAT);
        for number in 0..5 {
            stream.send(&Note::number(number)).await.unwrap();
            assert_eq!(stream.next().await.unwrap().unwrap().number, number);
        }
        stream.end().await.unwrap();
        assert_eq!(stream.next().await.unwrap(), None);
        assert_eq!(stream.send(&Note::number(6)).await.unwrap_err().code(), Code::Cancelled);

        let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
        let sending = tokio::spawn(async move {
            for number in 0..100 {
                requests.send(&Note::number(number)).await.unwrap();
            }
            requests.end();
        });
        let mut number = 0;
        while let Some(note) = answers.next().await.unwrap() {
            assert_eq!(note.number, number);
            number += 1;
        }
        assert_eq!(number, 100);
        sending.await.unwrap();
    }
}

#[tokio::test]
async fn a_caller_that_leaves_without_an_end_is_no_good_end() {
    let (service, mut told) = streams();
    let (_server, clients) = clients(&service, room(1)).await;
    for client in clients {
        let (requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
        drop(requests);
        let status = answers.next().await.unwrap_err();
        assert_eq!(status.code(), Code::Cancelled);
        assert_eq!(told.recv().await.unwrap(), "the caller left before the end of its stream");
    }
}

#[tokio::test]
async fn a_caller_ends_its_stream_by_a_status_and_still_gets_answers() {
    let (service, mut told) = streams();
    let (_server, clients) = clients(&service, Limits::default()).await;
    let why =
        Status::failed_precondition("the file has changed").error_code(7).with_detail(b"where".to_vec());
    for client in clients {
        let mut stream = client.both_streams::<Note, Note>(&CHAT);
        stream.send(&Note::number(1)).await.unwrap();
        stream.fail(&why).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().number, 1);
        // The handler gives back what it was told.
        let status = stream.next().await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "the file has changed"));
        assert_eq!((status.facts().error_code, &status.detail()[..]), (7, &b"where"[..]));
        assert_eq!(told.recv().await.unwrap(), "the file has changed");

        let mut stream = client.client_stream::<Note, Note>(&SUM);
        stream.send(&Note::number(1)).await.unwrap();
        let status = stream.fail(&why).await.unwrap_err();
        assert_eq!(status.message(), "the file has changed");
        assert_eq!(told.recv().await.unwrap(), "the file has changed");
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_stops_its_handler() {
    let (service, mut told) = streams();
    let (server, clients) = clients(&service, room(1)).await;
    for client in clients {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1_000_000, ""));
        assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
        drop(stream);
    }
    assert_eq!(server.stop().await.calls_cut, 0);
    drop(service);
    // All that could tell is gone with the handlers.
    while told.recv().await.is_some() {}
}

#[tokio::test]
async fn what_a_sender_sends_after_its_handler_goes_nowhere() {
    let (service, mut told) = streams();
    let (_server, clients) = clients(&service, room(4)).await;
    for client in clients {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1, "outlive"));
        assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
        assert_eq!(stream.next().await.unwrap(), None);
        service.go.notify_one();
        assert_eq!(told.recv().await.unwrap(), "sent 0");
        assert_eq!(told.recv().await.unwrap(), "Err(Cancelled)");
    }
}

#[tokio::test]
async fn who_differs_about_streams_is_told_so() {
    static PLAIN: Spec = spec("Plain", 5, Streaming::Both);
    static COUNT_BOTH: Spec = spec("Count", 1, Streaming::Both);
    let (service, _told) = streams();
    let (_server, clients) = clients(&service, Limits::default()).await;
    for client in clients {
        for spec in [&COUNT, &SUM, &CHAT] {
            let status = client.request::<_, Note>(spec, &note(1, "")).await.unwrap_err();
            assert_eq!((status.code(), status.facts().party), (Code::FailedPrecondition, Party::Caller));
            assert!(status.message().contains("is a stream here"), "{status}");
        }
        let mut stream = client.both_streams::<Note, Note>(&PLAIN);
        let status = stream.next().await.unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition);
        assert!(status.message().contains("is no stream here"), "{status}");
        // One side sends where the other does not listen: it is thrown away, and the connection stays.
        let mut stream = client.both_streams::<Note, Note>(&COUNT_BOTH);
        stream.send(&Note::number(1)).await.unwrap();
        assert_eq!(stream.next().await.unwrap(), None);
    }
}
