//! How long streams may take: to their first answer, and from one message to the next.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::{Code, Context, Limits, Server};
use tokio::time::{Instant, sleep, timeout};

use crate::service::{CHAT, COUNT, SUM, clients, in_process, note, room, streams};
use crate::support::Note;

#[tokio::test(start_paused = true)]
async fn the_first_answer_has_to_come_before_the_call_above_ends() {
    let (service, _told) = streams();
    let client = in_process(&service, Limits::default());
    let began = Instant::now();
    let context = Context::current().timeout(Duration::from_secs(2));
    let late = async {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(0, "wait"));
        let late = stream.next().await.unwrap_err();
        (late, client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.unwrap_err())
    };
    let (late, unsent) = context.scope(late).await;
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!((late.code(), unsent.code()), (Code::DeadlineExceeded, Code::DeadlineExceeded));
    assert!(late.message().contains("2000 ms (what is left to the call it was made for)"), "{late}");
    assert!(unsent.message().contains("before it was sent"), "{unsent}");
}

#[tokio::test(start_paused = true)]
async fn a_place_for_a_stream_is_waited_for_no_longer_than_for_its_first_answer() {
    let (service, mut told) = streams();
    let limits = Limits { calls_in_flight: 1, ..Limits::default() };
    let client = Server::new().limits(limits).service(service).in_process().unwrap();
    let mut first = client.server_stream::<_, Note>(&COUNT, &note(1, "wait"));
    assert_eq!(first.next().await.unwrap().unwrap().number, 0);
    assert_eq!(told.recv().await.unwrap(), "sent 0");

    let began = Instant::now();
    let mut second =
        client.server_stream::<_, Note>(&COUNT, &note(1, "wait")).timeout(Duration::from_secs(5));
    let status = second.next().await.unwrap_err();
    assert_eq!((status.code(), began.elapsed()), (Code::DeadlineExceeded, Duration::from_secs(5)));
    let words = "no place among 1 calls in flight (the server's calls.in_flight) within 5000 ms";
    assert!(status.message().starts_with(words), "{status}");
    let context = Context::current().timeout(Duration::from_secs(2));
    let late = async { client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.unwrap_err() };
    let status = context.scope(late).await;
    assert!(status.message().contains("2000 ms (what is left to the call it was made for)"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_has_to_come_in_time_and_the_next_one_has_not() {
    let (service, _told) = streams();
    let client = in_process(&service, Limits { stream_idle: Duration::from_secs(9000), ..Limits::default() });
    let mut stream =
        client.server_stream::<_, Note>(&COUNT, &note(0, "wait")).timeout(Duration::from_secs(5));
    let status = stream.next().await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("within 5000 ms (the call's timeout)"), "{status}");

    let mut stream =
        client.server_stream::<_, Note>(&COUNT, &note(1, "wait")).timeout(Duration::from_secs(5));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    let go = Arc::clone(&service.go);
    tokio::spawn(async move {
        sleep(Duration::from_secs(3600)).await;
        go.notify_one();
    });
    assert_eq!(stream.next().await.unwrap(), None);
}

/// Whether a message came in time does not depend on when it is taken.
#[tokio::test(start_paused = true)]
async fn an_answer_that_came_in_time_is_taken_later() {
    let (service, mut told) = streams();
    let client = in_process(&service, Limits::default());
    let mut stream = client.both_streams::<Note, Note>(&CHAT).timeout(Duration::from_secs(5));
    stream.send(&Note::number(1)).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(stream.next().await.unwrap().unwrap().number, 1);
    drop(stream);
    assert!(timeout(Duration::from_secs(1), told.recv()).await.is_err(), "the handler was stopped");
}

/// The time of the one answer to many requests begins when they have been sent.
#[tokio::test(start_paused = true)]
async fn many_requests_may_take_long_and_their_answer_may_not() {
    let (service, _told) = streams();
    let client = in_process(&service, Limits::default());
    let mut stream = client.client_stream::<Note, Note>(&SUM).timeout(Duration::from_secs(5));
    for number in 1..=10 {
        stream.send(&Note::number(number)).await.unwrap();
        sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(stream.finish().await.unwrap().number, 55);

    let mut stream = client.client_stream::<Note, Note>(&SUM).timeout(Duration::from_secs(5));
    stream.send(&note(0, "wait")).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    let began = Instant::now();
    let status = stream.finish().await.unwrap_err();
    assert_eq!((status.code(), began.elapsed()), (Code::DeadlineExceeded, Duration::from_secs(5)));
}

/// Silence ends a stream between its limit and a fourth more.
async fn check_idle(
    began: Instant,
    ended: impl Future<Output = Result<Option<Note>, svrkit_runtime::Status>>,
) {
    let status = ended.await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("for 4000 ms (stream.idle)"), "{status}");
    let silent = began.elapsed();
    assert!(silent >= Duration::from_secs(4) && silent <= Duration::from_secs(5), "after {silent:?}");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_stream_whoever_is_silent() {
    let (service, _told) = streams();
    let client = in_process(&service, Limits { stream_idle: Duration::from_secs(4), ..room(4_000) });
    // The handler, after its first answer.
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1, "wait"));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    check_idle(Instant::now(), stream.next()).await;

    // The caller, before its requests have ended.
    let mut stream = client.both_streams::<Note, Note>(&CHAT);
    stream.send(&Note::number(1)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().number, 1);
    for number in 0..10 {
        sleep(Duration::from_secs(3)).await;
        stream.send(&Note::number(number)).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().number, number, "it lives while something happens");
    }
    check_idle(Instant::now(), stream.next()).await;

    // A caller that does not take what comes: the handler waits for credit.
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1_000_000, ""));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    sleep(Duration::from_secs(60)).await;
    let mut taken = 1;
    let status = loop {
        match stream.next().await {
            Ok(_) => taken += 1,
            Err(status) => break status,
        }
    };
    assert!(status.message().contains("(stream.idle)"), "{status}");
    assert!((3_900..4_100).contains(&taken), "what had come is still there: {taken}");
}

#[tokio::test(start_paused = true)]
async fn before_the_first_answer_the_deadline_holds_alone() {
    let (service, _told) = streams();
    let client =
        in_process(&service, Limits { stream_idle: Duration::from_millis(100), ..Limits::default() });
    let mut stream =
        client.server_stream::<_, Note>(&COUNT, &note(0, "wait")).timeout(Duration::from_secs(20));
    let began = Instant::now();
    let status = stream.next().await.unwrap_err();
    assert!(status.message().contains("within 20000 ms (the call's timeout)"), "{status}");
    assert_eq!(began.elapsed(), Duration::from_secs(20));
}

#[tokio::test]
async fn over_a_socket_either_side_ends_a_silent_stream() {
    let (short, long) = (Duration::from_millis(40), Duration::from_secs(3600));
    for (of_server, of_client) in [(short, long), (long, short)] {
        let (service, _told) = streams();
        let limits = |stream_idle| Limits { stream_idle, ..Limits::default() };
        let (server, _clients) = clients(&service, limits(of_server)).await;
        let client =
            svrkit_runtime::Client::builder(server.address()).limits(limits(of_client)).connect().await;
        let mut stream = client.unwrap().server_stream::<_, Note>(&COUNT, &note(1, "wait"));
        assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
        let status = stream.next().await.unwrap_err();
        assert_eq!(status.code(), Code::DeadlineExceeded);
        assert!(status.message().contains("for 40 ms (stream.idle)"), "{status}");
        assert_eq!(server.stop().await.calls_cut, 0, "its handler is gone");
    }
}

#[tokio::test]
async fn over_a_socket_the_first_answer_has_its_deadline() {
    let (service, _told) = streams();
    let (server, [client, _]) = clients(&service, Limits::default()).await;
    let mut stream =
        client.server_stream::<_, Note>(&COUNT, &note(0, "wait")).timeout(Duration::from_millis(50));
    let status = stream.next().await.unwrap_err();
    assert!(status.message().contains("within 50 ms (the call's timeout)"), "{status}");
    // Its handler stays in flight for no longer than the caller waits.
    assert_eq!(server.stop().await.calls_cut, 0);
}
