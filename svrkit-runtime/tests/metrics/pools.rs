//! The connections of clients, and the calls that wait for one.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Metrics, Server, Snapshot};
use tokio::net::TcpListener;

use crate::ledger::until;
use crate::support::{ECHO, Note, Test};

fn connections(snapshot: &Snapshot, target: &str) -> i64 {
    snapshot.gauge("svrkit_pool_connections", &[("target", target)])
}

fn waiting(snapshot: &Snapshot, target: &str) -> i64 {
    snapshot.gauge("svrkit_pool_waiting", &[("target", target)])
}

fn quiet() -> Server {
    Server::new().without_metrics().service(Test::default())
}

#[tokio::test]
async fn calls_wait_until_there_is_a_connection_or_they_are_given_up() {
    let metrics = Metrics::new();
    // It listens, and nobody accepts: the way there is long.
    let bound = quiet().bind("127.0.0.1:0").await.unwrap();
    let target = bound.local_addr().to_string();
    let client = Client::builder(&target).metrics(metrics.clone()).lazy();
    let before = metrics.snapshot();
    assert_eq!((connections(&before, &target), waiting(&before, &target)), (0, 0));
    assert!(before.family("svrkit_pool_connections").is_some(), "a client that has none says so");

    let call = || tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)));
    let (given_up, calls) = (call(), [call(), call(), call()]);
    let snapshot = until(&metrics, |snapshot| waiting(snapshot, &target) == 4).await;
    assert_eq!(connections(&snapshot, &target), 0);
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    assert_eq!(waiting(&metrics.snapshot(), &target), 3);

    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let snapshot = metrics.snapshot();
    assert_eq!((connections(&snapshot, &target), waiting(&snapshot, &target)), (1, 0));
    // From here on no call waits, and the connection stays one.
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    assert_eq!(connections(&metrics.snapshot(), &target), 1);
    drop(client);
    until(&metrics, |snapshot| connections(snapshot, &target) == 0).await;
    serving.abort();
}

#[tokio::test]
async fn who_finds_nobody_waits_no_longer() {
    let metrics = Metrics::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    drop(listener);
    let client = Client::builder(&target).metrics(metrics.clone()).lazy();
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    let snapshot = metrics.snapshot();
    assert_eq!((connections(&snapshot, &target), waiting(&snapshot, &target)), (0, 0));
}

#[tokio::test]
async fn those_to_all_endpoints_of_a_target_are_counted_together() {
    let metrics = Metrics::new();
    let (mut first, second) = (TestServer::start(quiet()).await, TestServer::start(quiet()).await);
    let target = format!("{},{}", first.address(), second.address());
    let client = Client::builder(&target).metrics(metrics.clone()).connect().await.unwrap();
    let both = async {
        while connections(&metrics.snapshot(), &target) < 2 {
            client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
        }
    };
    both.await;
    // A second client of the same target has its own, in the same row.
    let other = Client::builder(&target).metrics(metrics.clone()).connect().await.unwrap();
    until(&metrics, |snapshot| connections(snapshot, &target) >= 3).await;
    drop(other);
    until(&metrics, |snapshot| connections(snapshot, &target) == 2).await;
    first.crash().await;
    until(&metrics, |snapshot| connections(snapshot, &target) == 1).await;
    assert_eq!(metrics.snapshot().family("svrkit_pool_connections").unwrap().samples.len(), 1);
}

#[tokio::test]
async fn a_client_in_the_process_has_no_connections_to_count() {
    let metrics = Metrics::new();
    let client = Server::new().metrics(metrics.clone()).service(Test::default()).in_process().unwrap();
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    assert!(metrics.snapshot().family("svrkit_pool_connections").is_none());
}
