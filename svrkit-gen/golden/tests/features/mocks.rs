//! Mocks: what a method is told it answers, what it was asked it remembers, how often it should have been it says.

use std::future::pending;
use std::time::Duration;

use svrkit_golden::schemas::mocked::golden::everything as e;
use svrkit_golden::schemas::mocked_streams::streams as s;
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Code, ErrorCode, Server, Status};

fn desk(mock: &e::DeskMock) -> e::DeskClient {
    e::DeskClient::new(client(e::DeskServer::new(mock.clone())))
}

fn chats(mock: &s::ChatsMock) -> s::ChatsClient {
    s::ChatsClient::new(client(s::ChatsServer::new(mock.clone())))
}

fn client(service: impl svrkit_runtime::Service) -> Client {
    Server::new().service(service).in_process().unwrap()
}

fn payment(cents: i64) -> e::Payment {
    let payer = Some(e::payment::Payer::Uin(7));
    e::Payment { payer, cents, rate: 1.0, receipt: Some(e::Order::default()), ..Default::default() }
}

fn line(text: &str) -> s::Line {
    s::Line { text: text.into(), ..Default::default() }
}

#[tokio::test]
async fn a_method_answers_what_it_was_told_and_remembers_what_it_was_asked() {
    let mock = e::DeskMock::default();
    mock.pay.returns(e::Settings { retries: Some(3), ..Default::default() });
    let server = TestServer::start(e::DeskServer::new(mock.clone())).await;
    let desk = e::DeskClient::new(server.client().await);
    for cents in [5, 6] {
        assert_eq!(desk.pay(&payment(cents)).await.unwrap().retries, Some(3));
    }
    assert_eq!(mock.pay.requests(), [payment(5), payment(6)]);
    assert_eq!((mock.pay.calls(), mock.keep.calls()), (2, 0));
}

#[tokio::test]
async fn what_is_said_of_one_call_goes_before_what_is_said_of_all() {
    let mock = e::DeskMock::default();
    mock.pay
        .answers(|payment| {
            Ok::<_, Status>(e::Settings { retries: u32::try_from(payment.cents).ok(), ..Default::default() })
        })
        .fails_once(Status::unavailable("not yet"))
        .fails_once(e::OrderError::SoldOut)
        .returns_once(e::Settings::default());
    let desk = desk(&mock);
    assert_eq!(desk.pay(&payment(1)).await.unwrap_err().code(), Code::Unavailable);
    let status = desk.pay(&payment(2)).await.unwrap_err();
    assert_eq!(e::OrderError::from_status(&status), Some(e::OrderError::SoldOut));
    assert_eq!(desk.pay(&payment(3)).await.unwrap().retries, None);
    assert_eq!(desk.pay(&payment(4)).await.unwrap().retries, Some(4));
}

#[tokio::test]
async fn a_method_that_was_told_nothing_says_what_to_tell_it() {
    let mock = e::DeskMock::default();
    let status = desk(&mock).pay(&payment(1)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let expected = "the mock was not told what to answer here: golden.everything.Desk.Pay was called once; \
                    use `returns`, `fails` or `answers` of the mock's field for Pay";
    assert_eq!(status.message(), expected);
    mock.pay.returns_once(e::Settings::default());
    desk(&mock).pay(&payment(1)).await.unwrap();
    let status = desk(&mock).pay(&payment(1)).await.unwrap_err();
    assert!(status.message().contains("was called 3 times"), "{status}");
}

// In process the clock may be stopped: the deadline is there at once.
#[tokio::test(start_paused = true)]
async fn a_method_may_never_answer() {
    let mock = e::DeskMock::default();
    mock.pay.answers_async(|_| pending());
    let late = desk(&mock).pay(&payment(1)).timeout(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn streams_and_oneway_calls_are_mocked_as_well() {
    let mock = s::ChatsMock::default();
    mock.watch.returns(vec![line("a"), line("b")]);
    mock.upload
        .answers(|lines| Ok::<_, Status>(s::Summary { lines: lines.len() as u32, ..Default::default() }));
    mock.chat.answers(|said| Ok::<_, Status>(vec![said.clone(), line("and?")]));
    mock.note.returns(());
    let chats = chats(&mock);

    let mut watched = chats.watch(&line("w"));
    assert_eq!(watched.next().await.unwrap(), Some(line("a")));
    assert_eq!(watched.next().await.unwrap(), Some(line("b")));
    assert_eq!(watched.next().await.unwrap(), None);

    let mut upload = chats.upload();
    upload.send(&line("1")).await.unwrap();
    upload.send(&line("2")).await.unwrap();
    assert_eq!(upload.finish().await.unwrap().lines, 2);
    assert_eq!(mock.upload.requests(), [[line("1"), line("2")]]);

    // One is answered before the next is sent.
    let mut chat = chats.chat();
    for text in ["x", "y"] {
        chat.send(&line(text)).await.unwrap();
        assert_eq!(chat.next().await.unwrap(), Some(line(text)));
        assert_eq!(chat.next().await.unwrap(), Some(line("and?")));
    }
    assert_eq!(mock.chat.requests(), [line("x"), line("y")]);

    chats.note(&line("n")).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_was_told_nothing_ends_with_why() {
    let mock = s::ChatsMock::default();
    assert_eq!(chats(&mock).watch(&line("w")).next().await.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
#[should_panic(expected = "golden.everything.Desk.Pay was expected at least 2 times, and was called once")]
async fn too_few_calls_fail_the_test() {
    let mock = e::DeskMock::default();
    mock.pay.returns(e::Settings::default()).expect(2..);
    desk(&mock).pay(&payment(1)).await.unwrap();
}

#[tokio::test]
#[should_panic(expected = "golden.everything.Desk.Pay was expected never, and was called once")]
async fn calls_that_should_not_be_fail_the_test() {
    let mock = e::DeskMock::default();
    mock.pay.returns(e::Settings::default()).expect(0);
    desk(&mock).pay(&payment(1)).await.unwrap();
}

#[tokio::test]
async fn calls_as_expected_are_fine_and_clones_ask_nothing() {
    let mock = e::DeskMock::default();
    mock.pay.returns(e::Settings::default()).expect(1);
    drop(mock.clone());
    desk(&mock).pay(&payment(1)).await.unwrap();
}
