//! Metrics of the program's own, kept and shown beside those that are built in.

use super::Metrics;
use super::family::{Group, Kind, Metric, Unit};
use super::number::Number;
use super::registry::SeriesId;

/// A static metric of the program's own, with the group of one that it is.
#[derive(Debug)]
struct Own {
    metrics: [Metric; 1],
    number: Number,
}

impl Own {
    const fn new(name: &'static str, kind: Kind, unit: Unit, help: &'static str) -> Self {
        assert!(
            is_name(name),
            "a metric's name has letters, digits and underscores, and begins with a letter"
        );
        Self { metrics: [Metric { name, kind, unit, by: None, help }], number: Number::new() }
    }

    #[inline]
    fn series(&'static self, metrics: &Metrics) -> SeriesId {
        let group = || Group { labels: &[], metrics: &self.metrics };
        metrics.0.own(self.number.get(), group)
    }
}

const fn is_name(name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        let is_fit =
            name[at].is_ascii_alphabetic() || at > 0 && (name[at] == b'_' || name[at].is_ascii_digit());
        if !is_fit {
            return false;
        }
        at += 1;
    }
    at > 0
}

/// A number that only grows, of the program's own. Two of one name add up; what has the name of another type is not shown. Its name ends with `_total`, as Prometheus wants it.
///
/// ```
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::Counter;
///
/// /// Orders that were placed.
/// static PLACED: Counter = Counter::new("shop_orders_placed_total", "Orders that were placed.");
///
/// PLACED.add(2);
/// assert_eq!(Metrics::process().snapshot().counter("shop_orders_placed_total", &[]), 2);
/// ```
///
/// What is no name is refused by the compiler:
///
/// ```compile_fail
/// static WRONG: svrkit_runtime::metrics::Counter = svrkit_runtime::metrics::Counter::new("orders placed", "…");
/// ```
#[derive(Debug)]
pub struct Counter(Own);

impl Counter {
    /// One of this name, with what it means.
    #[must_use]
    pub const fn new(name: &'static str, help: &'static str) -> Self {
        Self(Own::new(name, Kind::Counter, Unit::None, help))
    }

    /// Counts so many more in [`Metrics::process`].
    pub fn add(&'static self, number: u64) {
        self.add_in(&Metrics::process(), number);
    }

    /// Counts so many more in `metrics`.
    #[inline]
    pub fn add_in(&'static self, metrics: &Metrics, number: u64) {
        metrics.0.update(self.0.series(metrics), |cells| cells.add(0, number));
    }
}

/// A number that goes up and down, of the program's own: things in use, things that wait.
///
/// ```
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::Gauge;
///
/// static WAITING: Gauge = Gauge::new("shop_orders_waiting", "Orders that wait for a courier.");
///
/// WAITING.add(3);
/// WAITING.add(-1);
/// assert_eq!(Metrics::process().snapshot().gauge("shop_orders_waiting", &[]), 2);
/// ```
#[derive(Debug)]
pub struct Gauge(Own);

impl Gauge {
    /// One of this name, with what it means.
    #[must_use]
    pub const fn new(name: &'static str, help: &'static str) -> Self {
        Self(Own::new(name, Kind::Gauge, Unit::None, help))
    }

    /// Raises it in [`Metrics::process`], or lowers it.
    pub fn add(&'static self, difference: i64) {
        self.add_in(&Metrics::process(), difference);
    }

    /// Raises it in `metrics`, or lowers it.
    #[inline]
    pub fn add_in(&'static self, metrics: &Metrics, difference: i64) {
        metrics.0.update(self.0.series(metrics), |cells| cells.add(0, difference.cast_unsigned()));
    }
}

/// How large values are, of the program's own. Of times, in nanoseconds, percentiles are at most 3.2 % off; of everything else their power of two is kept.
///
/// ```
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::{Distribution, Unit};
///
/// static WEIGHTS: Distribution = Distribution::new("shop_order_bytes", Unit::Bytes, "How long stored orders are.");
///
/// WEIGHTS.record(700);
/// let weights = Metrics::process().snapshot().histogram("shop_order_bytes", &[]).unwrap();
/// assert_eq!((weights.count(), weights.sum()), (1, 700));
/// ```
#[derive(Debug)]
pub struct Distribution(Own);

impl Distribution {
    /// One of this name, with what its values are numbers of ([`Unit::Seconds`]: nanoseconds) and what it means.
    #[must_use]
    pub const fn new(name: &'static str, unit: Unit, help: &'static str) -> Self {
        Self(Own::new(name, Kind::Histogram, unit, help))
    }

    /// Counts a value in [`Metrics::process`].
    pub fn record(&'static self, value: u64) {
        self.record_in(&Metrics::process(), value);
    }

    /// Counts a value in `metrics`.
    #[inline]
    pub fn record_in(&'static self, metrics: &Metrics, value: u64) {
        let scale = self.0.metrics[0].unit.scale();
        metrics.0.update(self.0.series(metrics), |cells| cells.record(0, scale, value));
    }
}
