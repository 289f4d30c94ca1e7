//! The health service that every server has: what it says, when, and at what cost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use support::{Raw, TEST, Test};
use svrkit_runtime::health::{
    CheckReply, CheckRequest, HEALTH, HEALTH_CHECK, HEALTH_READY, Health, HealthClient, ReadyReply,
    ReadyRequest, State,
};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Header, Hello, RequestFacts, hello_header};
use svrkit_runtime::{Code, Server, Spec, Tlv};
use tokio::sync::{Notify, oneshot};

/// What a caller is told of a check's error: nothing of what it says.
const FAILED: &str = "the check failed; the server's log has why";

fn server() -> (Server, Health) {
    let server = Server::new().service(Test::default());
    let health = server.health();
    (server, health)
}

fn client(server: Server) -> HealthClient {
    HealthClient::new(server.in_process().unwrap())
}

async fn check(client: &HealthClient, service: &str) -> (State, String) {
    let request = CheckRequest { service: service.into(), ..CheckRequest::default() };
    let reply = client.check(&request).await.unwrap();
    (reply.state, reply.reason)
}

/// Names and reasons of what speaks against it.
async fn obstacles(client: &HealthClient) -> Vec<(String, String)> {
    let reply = client.ready(&ReadyRequest::default()).await.unwrap();
    assert_eq!(reply.ready, reply.obstacles.is_empty());
    reply.obstacles.into_iter().map(|obstacle| (obstacle.name, obstacle.reason)).collect()
}

#[tokio::test]
async fn each_service_has_a_state_that_the_program_sets() {
    let (server, health) = server();
    let client = client(server);
    assert_eq!(check(&client, TEST.name).await, (State::Serving, String::new()));
    assert_eq!(check(&client, "").await, (State::Serving, String::new()));
    assert_eq!(check(&client, "no.Such").await, (State::Unknown, String::new()));
    health.not_serving(&TEST, "its database is being moved");
    assert_eq!(check(&client, TEST.name).await, (State::NotServing, "its database is being moved".into()));
    health.serving(&TEST);
    assert_eq!(check(&client, TEST.name).await, (State::Serving, String::new()));
}

#[tokio::test]
async fn a_server_serves_as_long_as_one_of_its_services_does() {
    let (server, health) = server();
    let client = client(server);
    health.not_serving(&HEALTH, "it is no service of the program: nobody cares");
    assert_eq!(check(&client, "").await.0, State::Serving);
    health.not_serving(&TEST, "gone");
    assert_eq!(check(&client, "").await, (State::NotServing, "gone".into()));
    assert_eq!(check(&self::client(Server::new()), "").await.0, State::Serving, "one that has no services");
}

#[tokio::test]
async fn a_server_is_ready_when_no_check_speaks_against_it() {
    let (server, health) = server();
    let client = client(server);
    assert!(obstacles(&client).await.is_empty());
    let warm = Arc::new(AtomicUsize::new(0));
    health.readiness_check("cache", {
        let warm = Arc::clone(&warm);
        move || {
            let is_warm = warm.load(Ordering::Relaxed) == 1;
            async move { if is_warm { Ok(()) } else { Err("still cold") } }
        }
    });
    health.readiness_check("sound", || async { Ok::<_, String>(()) });
    assert_eq!(obstacles(&client).await, [("cache".into(), FAILED.into())]);
    warm.store(1, Ordering::Relaxed);
    assert!(obstacles(&client).await.is_empty());
}

#[tokio::test]
async fn a_check_that_panics_has_failed_and_no_other() {
    let (server, health) = server();
    health.readiness_check("begins", || -> std::future::Ready<Result<(), String>> {
        panic!("as the test wants it")
    });
    health.readiness_check("runs", || async { panic!("as the test wants it") as Result<(), String> });
    health.readiness_check("sound", || async { Ok::<_, String>(()) });
    let why = "the check panicked; the server's log has the place";
    assert_eq!(
        obstacles(&client(server)).await,
        [("begins".into(), why.into()), ("runs".into(), why.into())]
    );
}

#[tokio::test]
async fn checks_run_once_for_all_who_ask_meanwhile() {
    let (server, health) = server();
    let (runs, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    health.readiness_check("slow", {
        let (runs, go) = (Arc::clone(&runs), Arc::clone(&go));
        move || {
            runs.fetch_add(1, Ordering::Relaxed);
            let go = Arc::clone(&go);
            async move {
                go.notified().await;
                Err::<(), _>("no")
            }
        }
    });
    let client = client(server);
    let asked: Vec<_> = (0..5)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { obstacles(&client).await }
            })
        })
        .collect();
    while runs.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    // All five have been taken by the one thread before a check of theirs could end.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    go.notify_one();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), [("slow".into(), FAILED.into())]);
    }
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    go.notify_one();
    assert_eq!(obstacles(&client).await.len(), 1);
    assert_eq!(runs.load(Ordering::Relaxed), 2, "what was said before is not said again");
}

fn request(call_id: u32, spec: &Spec) -> Header {
    let facts = RequestFacts {
        service_id: spec.service_id,
        method_id: spec.method_id,
        remaining_us: 10_000_000,
        ..RequestFacts::default()
    };
    Header::new(call_id, Facts::Request(facts))
}

/// The answer to a call; what stands between may be a goaway.
async fn answer(raw: &mut Raw, call_id: u32) -> svrkit_runtime::wire::frame::Frame {
    loop {
        let frame = raw.receive().await.unwrap();
        if frame.header.call_id == call_id {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_draining_server_says_so_where_it_refuses_all_else() {
    let test = Test::default();
    let gate = Arc::clone(&test.0);
    let server = TestServer::start(test).await;
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    raw.send(support::request_header(1, support::WAIT.method_id), b"").await;
    gate.started.notified().await;
    let stopping = tokio::spawn(server.stop());
    // The goaway: the drain has begun.
    assert!(matches!(raw.receive().await.unwrap().header.facts, Facts::Goaway { .. }));

    raw.send(support::request_header(2, support::ECHO.method_id), b"").await;
    assert!(support::words(&answer(&mut raw, 2).await).contains("about to stop"));
    raw.send(request(3, &HEALTH_CHECK), b"").await;
    let reply = CheckReply::decode(&answer(&mut raw, 3).await.body).unwrap();
    assert_eq!((reply.state, &*reply.reason), (State::NotServing, "the server is about to stop"));
    raw.send(request(4, &HEALTH_READY), b"").await;
    let reply = ReadyReply::decode(&answer(&mut raw, 4).await.body).unwrap();
    assert_eq!((reply.ready, &*reply.obstacles[0].name), (false, "draining"));

    gate.go.notify_one();
    answer(&mut raw, 1).await;
    drop(raw);
    assert_eq!(stopping.await.unwrap().calls_cut, 0);
}

#[tokio::test]
async fn a_restarted_server_serves_again() {
    let mut server = TestServer::start(Test::default()).await;
    let client = HealthClient::new(server.client().await);
    server.restart().await;
    assert_eq!(check(&client, "").await.0, State::Serving);
    assert!(obstacles(&client).await.is_empty());
}

async fn served(server: &TestServer) -> Vec<String> {
    let mut raw = Raw::connect(server.address().parse().unwrap()).await;
    raw.send(hello_header(), &Hello::default().encode().unwrap()).await;
    let hello = Hello::decode(&raw.receive().await.unwrap().body).unwrap();
    hello.services.into_iter().map(|service| format!("{} {}", service.id, service.name)).collect()
}

#[tokio::test]
async fn the_handshake_lists_it_and_a_server_may_leave_it_out() {
    let with = TestServer::start(Test::default()).await;
    assert_eq!(
        served(&with).await,
        [
            "1 svrkit.health.Health",
            "2 svrkit.reflection.Reflection",
            "3 svrkit.monitoring.Monitoring",
            "4000 test.Test"
        ]
    );
    let without = TestServer::start(Server::new().service(Test::default()).without_health()).await;
    assert_eq!(
        served(&without).await,
        ["2 svrkit.reflection.Reflection", "3 svrkit.monitoring.Monitoring", "4000 test.Test"]
    );
    let health = HealthClient::new(without.client().await);
    assert_eq!(health.check(&CheckRequest::default()).await.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn who_asks_and_leaves_stops_no_run_of_others() {
    let (server, health) = server();
    let (go, heard) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    health.readiness_check("slow", {
        let (go, heard) = (Arc::clone(&go), Arc::clone(&heard));
        move || {
            let (go, heard) = (Arc::clone(&go), Arc::clone(&heard));
            async move {
                heard.notify_one();
                go.notified().await;
                Ok::<_, String>(())
            }
        }
    });
    let client = client(server);
    let (left, stay) = oneshot::channel::<()>();
    let first = client.ready(&ReadyRequest::default()).timeout(Duration::from_secs(30));
    let leaves = tokio::spawn(async move {
        tokio::select! {
            _ = first => panic!("nobody let the check go"),
            _ = stay => {}
        }
    });
    heard.notified().await;
    let second = tokio::spawn({
        let client = client.clone();
        async move { obstacles(&client).await }
    });
    left.send(()).unwrap();
    leaves.await.unwrap();
    go.notify_one();
    assert!(second.await.unwrap().is_empty());
}
