//! Metrics of a program's own.

use std::thread;

use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Distribution, Gauge, Kind, Unit};

use crate::text::promtool_accepts;

static PLACED: Counter = Counter::new("shop_orders_placed_total", "Orders that were placed.");
static WAITING: Gauge = Gauge::new("shop_orders_waiting", "Orders that wait for a courier.");
static COOKING: Distribution =
    Distribution::new("shop_cooking_seconds", Unit::Seconds, "How long orders took to cook.");

#[test]
fn they_are_counted_by_all_threads_and_told_apart_by_where() {
    let (metrics, other) = (Metrics::new(), Metrics::new());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let metrics = metrics.clone();
            thread::spawn(move || {
                for minutes in 1..=100 {
                    PLACED.add_in(&metrics, 2);
                    WAITING.add_in(&metrics, 3);
                    WAITING.add_in(&metrics, -4);
                    COOKING.record_in(&metrics, minutes * 60_000_000_000);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    PLACED.add_in(&other, 7);
    let (snapshot, other) = (metrics.snapshot(), other.snapshot());
    assert_eq!(snapshot.counter("shop_orders_placed_total", &[]), 800);
    assert_eq!(other.counter("shop_orders_placed_total", &[]), 7);
    assert_eq!(snapshot.gauge("shop_orders_waiting", &[]), -400);
    let cooking = snapshot.histogram("shop_cooking_seconds", &[]).unwrap();
    assert_eq!((cooking.count(), cooking.sum()), (400, 4 * 5050 * 60_000_000_000));
    let text = snapshot.prometheus();
    for line in [
        "# HELP shop_orders_placed_total Orders that were placed.",
        "# TYPE shop_orders_placed_total counter",
        "shop_orders_placed_total 800",
        "shop_orders_waiting -400",
        "shop_cooking_seconds_sum 1212000",
        "shop_cooking_seconds_count 400",
    ] {
        assert!(text.lines().any(|each| each == line), "{line} is not in\n{text}");
    }
    promtool_accepts(&text);
}

#[test]
fn two_of_one_name_are_one_metric() {
    static FIRST: Counter = Counter::new("shop_twice_total", "Counted here and there.");
    static SECOND: Counter = Counter::new("shop_twice_total", "Counted here and there.");
    static OTHER_TYPE: Gauge = Gauge::new("shop_twice_total", "Something else.");
    let metrics = Metrics::new();
    FIRST.add_in(&metrics, 1);
    SECOND.add_in(&metrics, 2);
    OTHER_TYPE.add_in(&metrics, 4);
    let snapshot = metrics.snapshot();
    let family = snapshot.family("shop_twice_total").unwrap();
    assert_eq!((family.kind, family.samples.len()), (Kind::Counter, 1));
    assert_eq!(snapshot.counter("shop_twice_total", &[]), 3);
    promtool_accepts(&snapshot.prometheus());
}
