//! What people see of it: the admin page, and the metrics.

use svrkit_runtime::{Limits, Metrics, Mode, Priority, Server};

use crate::server::Holding;

#[tokio::test]
async fn refusals_are_counted_by_cause() {
    let metrics = Metrics::new();
    let limits = Limits { handlers_running: 1, queue_calls: 0, ..Limits::default() };
    let mut holding = Holding::of(Server::new().limits(limits).metrics(metrics.clone())).await;
    for number in 1..=3 {
        holding.send(number, Priority::NORMAL).await;
    }
    for _ in 2..=3 {
        holding.answer().await;
    }
    let refused = [("side", "server"), ("method", "Hold"), ("cause", "queue")];
    assert_eq!(metrics.snapshot().counter("svrkit_calls_refused_total", &refused), 2);
}

#[tokio::test]
async fn what_would_be_refused_is_counted_by_cause_where_admission_only_watches() {
    let metrics = Metrics::new();
    let limits = Limits { handlers_running: 1, queue_calls: 0, ..Limits::default() };
    let server = Server::new().limits(limits).metrics(metrics.clone()).admission(Mode::Watching);
    let mut holding = Holding::of(server).await;
    for number in 1..=3 {
        holding.send(number, Priority::NORMAL).await;
    }
    for _ in 1..=3 {
        holding.started().await;
    }
    let snapshot = metrics.snapshot();
    let spared = [("service", "test.Held"), ("method", "Hold"), ("cause", "queue")];
    assert_eq!(snapshot.counter("svrkit_calls_spared_total", &spared), 2);
    assert_eq!(snapshot.counter("svrkit_calls_refused_total", &[]), 0);
}
