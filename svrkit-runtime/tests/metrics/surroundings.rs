//! What calls go over and run in: connections, endpoints, the executor, the process.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use svrkit_runtime::{Client, Limits, Metrics};
use tokio::net::TcpListener;

use crate::endings::counting;
use crate::ledger::{counted, lines, until};
use crate::support::{ECHO, FAIL, Note, Raw, WAIT};

#[tokio::test]
async fn connections_are_counted_by_how_they_end() {
    let (metrics, server, client) = counting(Limits::default()).await;
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    let mut raw = Raw::greeted(server.address).await;
    let both =
        until(&metrics, |snapshot| snapshot.gauge("svrkit_connections_open", &[("side", "server")]) == 2)
            .await;
    assert_eq!(both.gauge("svrkit_connections_open", &[("side", "client")]), 1);
    // No frame at all.
    raw.send_bytes(&[0xff; 64]).await;
    while raw.receive().await.is_some() {}
    drop(client);
    // A socket that nobody accepts at any more.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = listener.local_addr().unwrap().to_string();
    drop(listener);
    Client::builder(nowhere).metrics(metrics.clone()).connect().await.unwrap_err();

    let ended = |side| [("side", side)];
    let snapshot = until(&metrics, |snapshot| {
        snapshot.counter("svrkit_connections_ended_total", &ended("server")) == 2
            && snapshot.counter("svrkit_connections_ended_total", &ended("client")) == 2
    })
    .await;
    let endings =
        [("client left", 1), ("client not_opened", 1), ("server closed", 1), ("server protocol", 1)];
    assert_eq!(counted(&snapshot, "svrkit_connections_ended_total"), lines(&endings));
    assert_eq!(counted(&snapshot, "svrkit_connections_opened_total"), lines(&[("client", 1), ("server", 2)]));
    assert_eq!(snapshot.gauge("svrkit_connections_open", &[]), 0);
}

#[tokio::test]
async fn endpoints_are_counted_by_how_they_serve() {
    let (metrics, server, client) = counting(Limits::default()).await;
    for _ in 0..4 {
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    }
    // A handler's error is an answer; that its time was over is none.
    client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    let late = client.request::<_, Note>(&WAIT, &Note::number(1)).timeout(Duration::from_millis(50));
    late.await.unwrap_err();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    server.gate.gone.notified().await;
    until(&metrics, |snapshot| snapshot.gauge("svrkit_calls_in_flight", &[("side", "server")]) == 1).await;
    waiting.abort();
    let total = |snapshot: &svrkit_runtime::Snapshot| snapshot.counter("svrkit_endpoint_calls_total", &[]);
    let snapshot = until(&metrics, |snapshot| total(snapshot) == 7).await;
    let endpoint = server.address.to_string();
    let line = |outcome: &str| format!("{endpoint} {endpoint} {outcome}");
    let expected = [(line("answered"), 5), (line("failed"), 1), (line("abandoned"), 1)];
    assert_eq!(counted(&snapshot, "svrkit_endpoint_calls_total"), expected.into());
    let took = snapshot.histogram("svrkit_endpoint_duration_seconds", &[("endpoint", &endpoint)]).unwrap();
    assert_eq!(took.count(), 5, "of those that were answered");
    let calls = snapshot.histogram("svrkit_call_duration_seconds", &[("side", "client")]).unwrap();
    assert!(took.sum() <= calls.sum(), "a call is sent after it begins");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_measures_its_executor_and_its_process() {
    let (metrics, _server, _client) = counting(Limits::default()).await;
    let lag = |snapshot: &svrkit_runtime::Snapshot| {
        snapshot.histogram("svrkit_executor_lag_seconds", &[]).map_or(0, |lag| lag.count())
    };
    let snapshot = until(&metrics, |snapshot| lag(snapshot) >= 2).await;
    let gauge = |name| snapshot.gauge(name, &[]);
    assert!(gauge("process_threads") >= 1);
    // Its listener, the two ends of the connection, and what the executor has.
    assert!(gauge("process_open_fds") >= 4);
    assert!(gauge("process_resident_memory_bytes") > 1 << 20);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as i64;
    let hours = 3600 * 1_000_000_000;
    let started = gauge("process_start_time_seconds");
    assert!(now - 24 * hours < started && started < now + hours, "{started} is not today");
}

#[tokio::test]
async fn nobody_measures_where_nothing_serves() {
    let metrics = Metrics::new();
    assert!(metrics.snapshot().family("svrkit_executor_lag_seconds").is_none());
}
