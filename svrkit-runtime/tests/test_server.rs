//! The server of users' tests: it serves while it is held, stops in words, and comes back where it was.
#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use support::{ECHO, Gate, Note, TEST, Test, WAIT};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Client, Code, Server, Service, ServiceSpec, Status};

async fn echo(client: &Client) -> Result<Note, Status> {
    client.request(&ECHO, &Note::number(7)).await
}

/// A server with a call of WAIT in flight, and that call.
async fn busy() -> (TestServer, std::sync::Arc<Gate>, Client, tokio::task::JoinHandle<Result<Note, Status>>) {
    let test = Test::default();
    let gate = std::sync::Arc::clone(&test.0);
    let server = TestServer::start(test).await;
    let client = server.client().await;
    let waiting = tokio::spawn(client.request(&WAIT, &Note::number(7)));
    gate.started.notified().await;
    (server, gate, client, waiting)
}

#[tokio::test]
async fn one_line_serves_one_service() {
    let server = TestServer::start(Test::default()).await;
    assert_eq!(echo(&server.client().await).await.unwrap().number, 7);
    assert_eq!(echo(&Client::connect(server.address()).await.unwrap()).await.unwrap().number, 7);
}

#[tokio::test]
async fn stopping_answers_what_is_in_flight_and_says_so() {
    let (server, gate, _client, waiting) = busy().await;
    let stopped = tokio::spawn(server.stop());
    gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 7);
    assert_eq!(stopped.await.unwrap().to_string(), "every call was answered");
}

#[tokio::test]
async fn dropping_cuts_what_is_in_flight() {
    let (server, gate, client, waiting) = busy().await;
    drop(server);
    gate.gone.notified().await;
    assert_eq!(waiting.await.unwrap().unwrap_err().code(), Code::Unavailable);
    assert_eq!(echo(&client).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn a_client_finds_a_restarted_server_where_it_was() {
    let mut server = TestServer::start(Test::default()).await;
    let client = server.client().await;
    echo(&client).await.unwrap();
    let address = server.address().to_owned();
    assert_eq!(server.restart().await.calls_cut, 0);
    assert_eq!(server.address(), address);
    assert_eq!(echo(&client).await.unwrap().number, 7);
}

#[tokio::test]
async fn a_crash_loses_what_is_in_flight_and_nobody_listens_until_the_restart() {
    let (mut server, gate, client, waiting) = busy().await;
    server.crash().await;
    assert_eq!(waiting.await.unwrap().unwrap_err().code(), Code::Unavailable);
    gate.gone.notified().await;
    assert_eq!(echo(&client).await.unwrap_err().code(), Code::Unavailable);
    server.restart().await;
    assert_eq!(echo(&client).await.unwrap().number, 7);
}

#[tokio::test]
#[should_panic(expected = "the test server does not start: the service test.Test was added twice")]
async fn a_server_that_cannot_be_says_why() {
    TestServer::start(Server::new().service(Test::default()).service(Test::default())).await;
}

/// Serves nothing under the id of [`Test`].
struct Empty;

impl Service for Empty {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        call.refuse_unknown_method(&TEST);
    }
}

#[tokio::test]
async fn each_server_has_a_port_of_its_own() {
    let (one, other) = (TestServer::start(Test::default()).await, TestServer::start(Empty).await);
    assert_ne!(one.address(), other.address());
    assert_eq!(echo(&other.client().await).await.unwrap_err().code(), Code::Unimplemented);
    assert_eq!(echo(&one.client().await).await.unwrap().number, 7);
}
