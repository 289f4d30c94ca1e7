//! The limits of metrics: what is beyond them is counted all the same, only less precisely.

use std::sync::mpsc::channel;
use std::thread;

use svrkit_runtime::metrics::{Counter, Family, Labels};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Limits, Metrics, Server, Snapshot, Spec};
use tokio::runtime::Runtime;

use crate::support::{ECHO, FAIL, GROW, Note, Test, spec};

/// Has each method be called once by a client of `Test` in the same process, on one thread.
fn call(metrics: &Metrics, specs: &[&'static Spec]) -> Snapshot {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let server = Server::new().service(Test::default()).metrics(metrics.clone());
        let client = server.in_process().unwrap();
        for spec in specs {
            let _ = client.request::<_, Note>(spec, &Note::number(1)).await;
        }
    });
    drop(runtime);
    metrics.snapshot()
}

fn calls(snapshot: &Snapshot, service: &str, method: &str) -> u64 {
    snapshot.counter("svrkit_calls_total", &[("service", service), ("method", method)])
}

#[test]
pub(crate) fn metrics_methods() {
    let limits = Limits { metrics_methods: 2, ..Limits::default() };
    let metrics = Metrics::limited(&limits);
    let snapshot = call(&metrics, &[&ECHO, &FAIL, &GROW, &GROW, &ECHO]);
    assert_eq!((calls(&snapshot, "test.Test", "Echo"), calls(&snapshot, "test.Test", "Fail")), (2, 1));
    assert_eq!((calls(&snapshot, "test.Test", "Grow"), calls(&snapshot, "other", "other")), (0, 2));
    // What nobody knows has its row beside them.
    static STRANGE: Spec = spec("Strange", 98);
    assert_eq!(calls(&call(&metrics, &[&STRANGE]), "unknown", "unknown"), 1);
    assert_eq!(calls(&call(&Metrics::new(), &[&ECHO, &FAIL, &GROW]), "other", "other"), 0);
}

#[test]
pub(crate) fn metrics_threads() {
    let limits = Limits { metrics_threads: 1, ..Limits::default() };
    let metrics = Metrics::limited(&limits);
    // One after the other has the one place; then one has it while others count, who share.
    for _ in 0..3 {
        let metrics = metrics.clone();
        thread::spawn(move || call_here(&metrics)).join().unwrap();
    }
    let (go, wait) = channel::<()>();
    let (tell, told) = channel();
    let first = {
        let metrics = metrics.clone();
        thread::spawn(move || {
            call_here(&metrics);
            tell.send(()).unwrap();
            wait.recv().unwrap();
            call_here(&metrics);
        })
    };
    told.recv().unwrap();
    let others: Vec<_> = (0..4)
        .map(|_| {
            let metrics = metrics.clone();
            thread::spawn(move || (0..50).for_each(|_| call_here(&metrics)))
        })
        .collect();
    others.into_iter().for_each(|other| other.join().unwrap());
    go.send(()).unwrap();
    first.join().unwrap();
    let snapshot = metrics.snapshot();
    assert_eq!(calls(&snapshot, "test.Test", "Echo"), 3 + 2 + 4 * 50, "none is lost");
    assert_eq!(snapshot.gauge("svrkit_calls_in_flight", &[]), 0);
}

/// One call, everything of which happens on this thread.
fn call_here(metrics: &Metrics) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Server::new().service(Test::default()).metrics(metrics.clone()).in_process().unwrap();
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    });
}

#[test]
pub(crate) fn metrics_bytes() {
    // Room for a few methods.
    let metrics = Metrics::limited(&Limits { metrics_bytes: 64 << 10, ..Limits::default() });
    call_here(&metrics);
    assert_eq!(metrics.snapshot().counter("svrkit_metrics_uncounted_total", &[]), 0);
    static MORE: [Spec; 8] = [
        spec("A", 90),
        spec("B", 91),
        spec("C", 92),
        spec("D", 93),
        spec("E", 94),
        spec("F", 95),
        spec("G", 96),
        spec("H", 97),
    ];
    let bound = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let snapshot = bound.block_on(async {
        let server = TestServer::start(Server::new().without_metrics().service(Test::default())).await;
        let client = Client::builder(server.address()).metrics(metrics.clone()).connect().await.unwrap();
        for spec in &MORE {
            client.request::<_, Note>(spec, &Note::number(1)).await.unwrap_err();
        }
        metrics.snapshot()
    });
    let (counted, uncounted) = (
        snapshot.counter("svrkit_calls_total", &[("side", "client")]),
        snapshot.counter("svrkit_metrics_uncounted_total", &[]),
    );
    // Each call is two updates: that it begins, and that it has ended.
    assert_eq!(counted * 2 + uncounted, 2 * MORE.len() as u64);
    assert!(counted > 0 && uncounted > 0, "{counted} counted, {uncounted} not");
    assert_eq!(calls(&snapshot, "test.Test", "Echo"), 1, "what had room keeps it");
}

#[test]
pub(crate) fn metrics_endpoints() {
    let runtime = Runtime::new().unwrap();
    let metrics = Metrics::limited(&Limits { metrics_endpoints: 1, ..Limits::default() });
    runtime.block_on(async {
        for _ in 0..2 {
            let server = TestServer::start(Server::new().without_metrics().service(Test::default())).await;
            let client = Client::builder(server.address()).metrics(metrics.clone()).connect().await.unwrap();
            client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
        }
    });
    let snapshot = metrics.snapshot();
    let answered = |labels: &[(&str, &str)]| {
        let labels = [labels, &[("outcome", "answered")]].concat();
        snapshot.counter("svrkit_endpoint_calls_total", &labels)
    };
    assert_eq!((answered(&[]), answered(&[("target", "other"), ("endpoint", "other")])), (2, 1));
}

#[test]
pub(crate) fn metrics_label_sets() {
    #[derive(Clone, PartialEq, Eq, Hash, Labels)]
    struct Guest {
        name: String,
    }
    #[derive(Clone, PartialEq, Eq, Hash, Labels)]
    enum Dish {
        Soup,
        Rice,
        Tea,
    }
    let metrics = Metrics::limited(&Limits { metrics_label_sets: 2, ..Limits::default() });
    let guests: Family<Guest, Counter> = metrics.named("test_guests_total", "Guests.").unwrap();
    let dishes: Family<Dish, Counter> = metrics.named("test_dishes_total", "Dishes.").unwrap();
    // Those that were there first keep theirs; a limit of one metric is not another's.
    for name in ["anna", "ben", "carla", "anna", "dora"] {
        guests.of(&Guest { name: name.into() }).increment();
    }
    for dish in [Dish::Tea, Dish::Soup, Dish::Rice, Dish::Tea] {
        dishes.of(&dish).increment();
    }
    let snapshot = metrics.snapshot();
    let guests = |name| snapshot.counter("test_guests_total", &[("name", name)]);
    assert_eq!((guests("anna"), guests("ben"), guests("carla"), guests("other")), (2, 1, 0, 2));
    let dishes = |name| snapshot.counter("test_dishes_total", &[("dish", name)]);
    assert_eq!((dishes("tea"), dishes("soup"), dishes("rice"), dishes("other")), (2, 1, 0, 1));
}

#[test]
pub(crate) fn metrics_targets() {
    let runtime = Runtime::new().unwrap();
    let metrics = Metrics::limited(&Limits { metrics_targets: 1, ..Limits::default() });
    let (_server, clients): (_, Vec<_>) = runtime.block_on(async {
        let server = TestServer::start(Server::new().without_metrics().service(Test::default())).await;
        let mut clients = Vec::new();
        // Three clients of two targets, which are one server.
        for target in
            [server.address().to_owned(), format!("{0},{0}", server.address()), server.address().to_owned()]
        {
            let client = Client::builder(&target).metrics(metrics.clone()).connect().await.unwrap();
            client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
            clients.push(client);
        }
        (server, clients)
    });
    let snapshot = metrics.snapshot();
    let connections = |target| snapshot.gauge("svrkit_pool_connections", &[("target", target)]);
    assert_eq!((connections(clients[0].target()), connections("other")), (2, 1));
}
