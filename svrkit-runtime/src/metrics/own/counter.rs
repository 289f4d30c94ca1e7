//! A number that only grows.

use std::marker::PhantomData;
use std::time::Duration;

use super::instrument::{Instrument, Measure, Place, sealed};
use crate::metrics::family::Kind;

/// A number that only grows, of the program's own: things that happened, bytes that were sent, or time that was spent (`Counter<Duration>`).
///
/// Its name ends with `_total`, as Prometheus wants it. Each thread counts in memory of its own and waits for nobody. A clone is the same.
///
/// ```
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::Counter;
///
/// let metrics = Metrics::new();
/// let placed: Counter = metrics.named("shop_orders_placed_total", "Orders that were placed.")?;
/// placed.add(2);
/// placed.increment();
/// assert_eq!(metrics.snapshot().counter("shop_orders_placed_total", &[]), 3);
/// # Ok::<(), svrkit_runtime::metrics::RegisterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Counter<V = u64> {
    place: Place,
    values: PhantomData<fn(V)>,
}

impl<V: Measure> Counter<V> {
    /// Counts so many more.
    #[inline]
    pub fn add(&self, number: V) {
        let number = number.number();
        self.place.metrics.0.update(self.place.series, |cells| cells.add(0, number));
    }
}

impl Counter {
    /// Counts one more.
    #[inline]
    pub fn increment(&self) {
        self.add(1);
    }
}

impl sealed::Sealed for Counter<u64> {}
impl sealed::Sealed for Counter<Duration> {}

impl<V: Measure> Instrument for Counter<V>
where
    Self: sealed::Sealed + Clone,
{
    const KIND: Kind = Kind::Counter;
    const IS_TIME: bool = V::IS_TIME;

    fn at(place: Place) -> Self {
        Self { place, values: PhantomData }
    }
}
