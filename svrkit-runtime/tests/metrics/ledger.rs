//! What was counted, as lines that can be compared with what was sent.

use std::collections::BTreeMap;
use std::time::Duration;

use svrkit_runtime::metrics::{MetricFamily, Sample, Value};
use svrkit_runtime::{Metrics, Snapshot};
use tokio::time::timeout;

/// Numbers by what they are of: `server test.Test Echo OK`.
pub(crate) type Lines = BTreeMap<String, u64>;

/// What was sent, as `(what, how often)`.
pub(crate) fn lines(expected: &[(&str, u64)]) -> Lines {
    let mut lines = Lines::new();
    for (line, count) in expected {
        *lines.entry((*line).to_owned()).or_default() += count;
    }
    lines
}

/// The counters of a family that are not 0.
pub(crate) fn counted(snapshot: &Snapshot, name: &str) -> Lines {
    let line =
        |sample: &Sample| sample.labels.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ");
    let number = |sample: &Sample| match &sample.value {
        Value::Counter(number) => *number,
        other => panic!("{name} is no counter: {other:?}"),
    };
    let samples = snapshot.family(name).into_iter().flat_map(|family: &MetricFamily| &family.samples);
    samples.map(|sample| (line(sample), number(sample))).filter(|(_, number)| *number > 0).collect()
}

/// Waits until as many attempts have ended as are expected, and compares: attempts by method and code, failures by layer, refusals by
/// cause. Then everything that is counted twice has to be the same both times.
pub(crate) async fn check(
    metrics: &Metrics,
    calls: &[(&str, u64)],
    failed: &[(&str, u64)],
    refused: &[(&str, u64)],
) -> Snapshot {
    let calls = lines(calls);
    let total: u64 = calls.values().sum();
    let snapshot = until(metrics, |snapshot| snapshot.counter("svrkit_calls_total", &[]) >= total).await;
    assert_eq!(counted(&snapshot, "svrkit_calls_total"), calls);
    assert_eq!(counted(&snapshot, "svrkit_calls_failed_total"), lines(failed));
    assert_eq!(counted(&snapshot, "svrkit_calls_refused_total"), lines(refused));
    check_sums(&snapshot);
    snapshot
}

/// Waits until what is counted is as wanted.
pub(crate) async fn until(metrics: &Metrics, is_wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let reading = async {
        loop {
            let snapshot = metrics.snapshot();
            if is_wanted(&snapshot) {
                return snapshot;
            }
            tokio::task::yield_now().await;
        }
    };
    // Nothing depends on how long it is: only a test that fails comes so far.
    match timeout(Duration::from_secs(60), reading).await {
        Ok(snapshot) => snapshot,
        Err(_) => panic!("only this was counted:\n{}", metrics.snapshot().prometheus()),
    }
}

/// All that says the same of a method says the same.
pub(crate) fn check_sums(snapshot: &Snapshot) {
    let series = &snapshot.family("svrkit_calls_in_flight").unwrap().samples;
    for sample in series {
        let labels: Vec<_> =
            sample.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let with = |label, value| [&labels[..], &[(label, value)]].concat();
        let ended = snapshot.counter("svrkit_calls_total", &labels);
        let ok = snapshot.counter("svrkit_calls_total", &with("code", "OK"));
        let count = |name, labels: &[(&str, &str)]| snapshot.histogram(name, labels).unwrap().count();
        assert_eq!(sample.value, Value::Gauge(0), "{labels:?} in flight");
        assert_eq!(count("svrkit_call_duration_seconds", &with("outcome", "ok")), ok, "{labels:?}");
        assert_eq!(
            count("svrkit_call_duration_seconds", &with("outcome", "failed")),
            ended - ok,
            "{labels:?}"
        );
        assert_eq!(snapshot.counter("svrkit_calls_failed_total", &labels), ended - ok, "{labels:?}");
        assert_eq!(count("svrkit_request_bytes", &labels), ended, "{labels:?}");
        assert_eq!(count("svrkit_response_bytes", &labels), ok, "{labels:?}");
        assert!(count("svrkit_call_wait_seconds", &labels) <= ended, "{labels:?}");
        assert!(snapshot.counter("svrkit_calls_refused_total", &labels) <= ended - ok, "{labels:?}");
    }
}
