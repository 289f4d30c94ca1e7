//! Calls without an async main: on one thread or on many, and never within a runtime.
#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::thread;
use std::time::Duration;

use support::{ECHO, FAIL, Note, Test, WAIT};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Code, Spec, Status, Streaming, wait};

/// Methods that nobody serves.
static TELL: Spec = support::spec("Tell", 40).oneway();
static WATCH: Spec = support::spec("Watch", 41).streaming(Streaming::Server);

/// A server on the runtime that waiting has, too: a script may serve itself.
fn server() -> TestServer {
    wait(async { Ok(TestServer::start(Test::default()).await) }).unwrap()
}

fn echo(client: &Client, number: u64) -> Result<Note, Status> {
    client.request(&ECHO, &Note::number(number)).wait()
}

#[test]
fn a_script_connects_and_calls() {
    let server = server();
    let client = wait(Client::connect(server.address())).unwrap();
    assert_eq!(echo(&client, 7).unwrap().number, 7);
    let failed = client.request::<_, Note>(&FAIL, &Note::number(7)).wait().unwrap_err();
    assert_eq!((failed.code(), failed.message()), (Code::NotFound, "note 7 is not here"));
    assert_eq!(wait(Client::connect("127.0.0.1:1")).unwrap_err().code(), Code::Unavailable);
}

#[test]
fn a_client_that_is_made_without_waiting_connects_when_it_is_needed() {
    let server = server();
    let client = Client::builder(server.address()).lazy();
    assert_eq!(echo(&client, 7).unwrap().number, 7);
}

#[test]
fn many_threads_wait_at_once_with_one_client() {
    let server = server();
    let client = wait(Client::connect(server.address())).unwrap();
    thread::scope(|scope| {
        for number in 0..16 {
            let client = &client;
            scope.spawn(move || {
                for _ in 0..20 {
                    assert_eq!(echo(client, number).unwrap().number, number);
                }
            });
        }
    });
}

#[test]
fn a_wait_ends_at_its_deadline() {
    let server = server();
    let client = Client::builder(server.address()).lazy();
    let late = client.request::<_, Note>(&WAIT, &Note::default()).timeout(Duration::from_millis(20)).wait();
    assert_eq!(late.unwrap_err().code(), Code::DeadlineExceeded);
}

#[test]
fn oneway_calls_and_streams_are_waited_for_as_well() {
    let server = server();
    let client = Client::builder(server.address()).lazy();
    client.oneway(&TELL, &Note::default()).wait().unwrap();
    let mut stream = client.server_stream::<Note, Note>(&WATCH, &Note::default());
    // It has no such method: that it is said shows that it was asked.
    assert_eq!(wait(stream.next()).unwrap_err().code(), Code::Unimplemented);
}

#[test]
fn within_a_runtime_it_is_an_error_and_blocks_nobody() {
    for mut builder in
        [tokio::runtime::Builder::new_current_thread(), tokio::runtime::Builder::new_multi_thread()]
    {
        builder.enable_all().build().unwrap().block_on(async {
            let server = TestServer::start(Test::default()).await;
            let client = server.client().await;
            let status = echo(&client, 7).unwrap_err();
            assert_eq!(status.code(), Code::FailedPrecondition);
            assert!(status.message().contains("use `.await` here"), "{status}");
            let request = client.request::<_, Note>(&ECHO, &Note::number(7));
            assert_eq!(request.await.unwrap().number, 7, "it was the wait that was wrong");
        });
    }
}
