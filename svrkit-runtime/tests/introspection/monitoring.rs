//! `svrkit.monitoring.Monitoring`: figures of calls that are known, and how it is left out.

use svrkit_runtime::monitoring::{Method, MonitoringClient, SnapshotReply, SnapshotRequest};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{AllowList, Client, Code, Config, Metrics, Server};

use crate::support::{ECHO, FAIL, Note, Test, WAIT};

fn server() -> Server {
    Server::new().service(Test::default()).metrics(Metrics::new())
}

async fn snapshot(client: &Client) -> SnapshotReply {
    MonitoringClient::new(client.clone()).snapshot(&SnapshotRequest::default()).await.unwrap()
}

fn method<'r>(reply: &'r SnapshotReply, name: &str) -> &'r Method {
    reply.methods.iter().find(|it| it.service == "test.Test" && it.method == name).unwrap()
}

fn codes(method: &Method) -> Vec<(&str, u64)> {
    method.codes.iter().map(|code| (&*code.code, code.count)).collect()
}

#[tokio::test]
async fn every_call_is_in_the_figures_by_how_it_ended() {
    let test = Test::default();
    let gate = std::sync::Arc::clone(&test.0);
    let server = TestServer::start(Server::new().service(test).metrics(Metrics::new())).await;
    let client = server.client().await;
    assert!(snapshot(&client).await.methods.iter().all(|method| method.service != "test.Test"));
    for number in 0..5 {
        client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap();
    }
    for _ in 0..2 {
        client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    }
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    gate.started.notified().await;

    let reply = snapshot(&client).await;
    assert_eq!((reply.connections, reply.counted), (1, true));
    let (echo, fail, wait) = (method(&reply, "Echo"), method(&reply, "Fail"), method(&reply, "Wait"));
    assert_eq!((codes(echo), echo.in_flight), (vec![("OK", 5)], 0));
    assert_eq!((codes(fail), fail.in_flight), (vec![("NOT_FOUND", 2)], 0));
    assert_eq!((codes(wait), wait.in_flight), (vec![], 1));
    for (method, calls) in [(echo, 5), (fail, 2), (wait, 0)] {
        assert_eq!(method.durations.iter().map(|it| it.count).sum::<u64>(), calls, "{}", method.method);
        assert!(method.durations.is_sorted_by_key(|it| it.ns));
    }
    gate.go.notify_one();
    waiting.await.unwrap().unwrap();
    let later = snapshot(&client).await;
    assert_eq!((codes(method(&later, "Wait")), method(&later, "Wait").in_flight), (vec![("OK", 1)], 0));
    assert!(later.run == reply.run && reply.uptime_us <= later.uptime_us);
}

#[tokio::test]
async fn another_run_has_another_number() {
    let mut server = TestServer::start(server()).await;
    let client = server.client().await;
    let first = snapshot(&client).await.run;
    server.restart().await;
    assert_ne!(snapshot(&client).await.run, first);
}

#[tokio::test]
async fn what_is_not_counted_and_who_may_not_ask_are_told() {
    let uncounted = snapshot(&Server::new().without_metrics().in_process().unwrap()).await;
    assert!(!uncounted.counted && uncounted.methods.is_empty());
    let off = Config::builder().set("server.monitoring", "false").load().unwrap();
    let on = Config::builder().load().unwrap();
    for (without, code) in [
        (server().without_monitoring(), Code::Unimplemented),
        (server().config(&off), Code::Unimplemented),
        (server().without_monitoring().config(&on), Code::Unimplemented),
        (server().interceptor(AllowList::new().allow_all(&ECHO)), Code::PermissionDenied),
    ] {
        let asked = MonitoringClient::new(without.in_process().unwrap());
        assert_eq!(asked.snapshot(&SnapshotRequest::default()).await.unwrap_err().code(), code);
    }
    assert!(snapshot(&server().config(&on).in_process().unwrap()).await.counted);
}
