//! Answers for one run of a server.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::messages::{self, Code, Duration, Method, MonitoringServer, SnapshotReply, SnapshotRequest};
use crate::dispatch::Service;
use crate::metrics::{Metrics, Sample, Snapshot, Value};
use crate::random;
use crate::status::Status;

/// Who knows how many connections are open.
pub(crate) type CountConnections = Box<dyn Fn() -> usize + Send + Sync>;

/// The monitoring service of a run of a server that counts in `metrics`.
pub(crate) fn served(metrics: Option<Metrics>, connections: CountConnections) -> Arc<dyn Service> {
    Arc::new(MonitoringServer::new(Served {
        run: random::next(),
        began: Instant::now(),
        metrics,
        connections,
    }))
}

struct Served {
    run: u64,
    began: Instant,
    /// `None`: nothing is counted.
    metrics: Option<Metrics>,
    connections: CountConnections,
}

impl messages::Monitoring for Served {
    async fn snapshot(&self, _: SnapshotRequest) -> Result<SnapshotReply, Status> {
        Ok(SnapshotReply {
            run: self.run,
            uptime_us: self.began.elapsed().as_micros() as u64,
            connections: (self.connections)() as u64,
            methods: self.metrics.as_ref().map(|metrics| methods(&metrics.snapshot())).unwrap_or_default(),
            counted: self.metrics.is_some(),
            ..SnapshotReply::default()
        })
    }
}

/// What is counted of the methods that a server has, by their names.
fn methods(snapshot: &Snapshot) -> Vec<Method> {
    let mut methods: BTreeMap<(String, String), Method> = BTreeMap::new();
    for name in ["svrkit_calls_total", "svrkit_calls_in_flight", "svrkit_call_duration_seconds"] {
        let samples = snapshot.family(name).map_or(&[][..], |family| &family.samples);
        for sample in samples.iter().filter(|sample| sample.label("side") == Some("server")) {
            let (Some(service), Some(method)) = (sample.label("service"), sample.label("method")) else {
                continue;
            };
            let known = methods.entry((service.into(), method.into()));
            let method = known.or_insert_with(|| Method {
                service: service.into(),
                method: method.into(),
                ..Method::default()
            });
            add(method, sample);
        }
    }
    methods.into_values().collect()
}

fn add(method: &mut Method, sample: &Sample) {
    match &sample.value {
        Value::Counter(0) => {}
        Value::Counter(count) => {
            let code = sample.label("code").unwrap_or_default().into();
            method.codes.push(Code { code, count: *count, ..Code::default() });
        }
        Value::Gauge(number) => method.in_flight = *number,
        // There are two of them, of the answered and of the failed calls.
        Value::Histogram(histogram) => {
            for (ns, count) in histogram.counted() {
                match method.durations.binary_search_by_key(&ns, |duration| duration.ns) {
                    Ok(at) => method.durations[at].count += count,
                    Err(at) => method.durations.insert(at, Duration { ns, count, ..Duration::default() }),
                }
            }
        }
    }
}
