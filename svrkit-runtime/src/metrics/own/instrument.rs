//! What a program counts with: the types that fields of its metrics may have.

use std::time::Duration;

use super::Description;
use crate::metrics::Metrics;
use crate::metrics::family::Kind;
use crate::metrics::registry::SeriesId;
use crate::metrics::tally::nanos;

/// [`Counter`](super::Counter), [`Gauge`](super::Gauge) and [`Distribution`](super::Distribution).
#[diagnostic::on_unimplemented(
    message = "nothing is counted in a `{Self}`",
    note = "it is a `Counter`, a `Gauge` or a `Distribution` of `svrkit_runtime::metrics`"
)]
pub trait Instrument: sealed::Sealed + Clone + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: Kind;

    #[doc(hidden)]
    const IS_TIME: bool;

    #[doc(hidden)]
    fn at(place: Place) -> Self;
}

/// What a field of a struct that derives [`Metrics`](derive@crate::Metrics) may be: an [`Instrument`], or a [`Family`](super::Family) of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no metric",
    note = "it is a `Counter`, a `Gauge`, a `Distribution` or a `Family` of `svrkit_runtime::metrics`"
)]
pub trait OwnMetric: sealed::Sealed + Clone + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: Kind;

    #[doc(hidden)]
    const IS_TIME: bool;

    #[doc(hidden)]
    const LABELS: &'static [&'static str];

    #[doc(hidden)]
    fn bind(metrics: &Metrics, description: &'static Description) -> Self;
}

impl<I: Instrument> OwnMetric for I {
    const KIND: Kind = I::KIND;
    const IS_TIME: bool = I::IS_TIME;
    const LABELS: &'static [&'static str] = &[];

    fn bind(metrics: &Metrics, description: &'static Description) -> Self {
        let series = metrics.0.series(&description.group(), &[]);
        I::at(Place { metrics: metrics.clone(), series })
    }
}

/// What values are: numbers, of things or of bytes, or times.
pub trait Measure: sealed::Sealed + Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const IS_TIME: bool;

    #[doc(hidden)]
    fn number(self) -> u64;
}

impl Measure for u64 {
    const IS_TIME: bool = false;

    #[inline]
    fn number(self) -> u64 {
        self
    }
}

/// Up to 584 years.
impl Measure for Duration {
    const IS_TIME: bool = true;

    #[inline]
    fn number(self) -> u64 {
        nanos(self)
    }
}

/// Where a metric is counted: its series of a registry, whose first slot is its.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Place {
    pub(super) metrics: Metrics,
    pub(super) series: SeriesId,
}

pub(super) mod sealed {
    /// Only here are there types that know where they count.
    pub trait Sealed {}

    impl Sealed for u64 {}
    impl Sealed for std::time::Duration {}
}
