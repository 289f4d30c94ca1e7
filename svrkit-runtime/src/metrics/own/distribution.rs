//! How large values are.

use std::marker::PhantomData;
use std::time::Duration;

use super::instrument::{Instrument, Measure, Place, sealed};
use crate::metrics::family::Kind;
use crate::metrics::histogram::Scale;

/// How large values are, of the program's own: Prometheus' histogram. A clone is the same.
///
/// Of times (`Distribution<Duration>`) percentiles are at most 3.2 % off from a microsecond to 73 minutes; of everything else their power of two is kept. There are no
/// buckets to choose. Each thread counts in memory of its own and waits for nobody: 4,248 bytes for times, 280 for others.
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::Distribution;
///
/// let metrics = Metrics::new();
/// let cooking: Distribution<Duration> = metrics.named("shop_cooking_seconds", "How long orders took to cook.")?;
/// cooking.record(Duration::from_secs(90));
/// let lengths: Distribution = metrics.named("shop_order_bytes", "How long stored orders are.")?;
/// lengths.record(700);
///
/// let snapshot = metrics.snapshot();
/// let cooking = snapshot.histogram("shop_cooking_seconds", &[]).unwrap();
/// assert_eq!((cooking.count(), cooking.sum()), (1, 90_000_000_000));
/// # Ok::<(), svrkit_runtime::metrics::RegisterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Distribution<V = u64> {
    place: Place,
    values: PhantomData<fn(V)>,
}

impl<V: Measure> Distribution<V> {
    const SCALE: Scale = if V::IS_TIME { Scale::TIME } else { Scale::LENGTH };

    /// Counts a value.
    #[inline]
    pub fn record(&self, value: V) {
        let value = value.number();
        self.place.metrics.0.update(self.place.series, |cells| cells.record(0, Self::SCALE, value));
    }
}

impl sealed::Sealed for Distribution<u64> {}
impl sealed::Sealed for Distribution<Duration> {}

impl<V: Measure> Instrument for Distribution<V>
where
    Self: sealed::Sealed + Clone,
{
    const KIND: Kind = Kind::Histogram;
    const IS_TIME: bool = V::IS_TIME;

    fn at(place: Place) -> Self {
        Self { place, values: PhantomData }
    }
}
