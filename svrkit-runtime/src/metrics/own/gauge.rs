//! A number that goes up and down.

use std::sync::atomic::Ordering;

use super::instrument::{Instrument, Place, sealed};
use crate::metrics::family::Kind;
use crate::metrics::shard::Slots;

/// A number that goes up and down, of the program's own: things in use, things that wait. A clone is the same.
///
/// All threads count in one place, so that it can be [set](Self::set) as well as [changed](Self::add).
///
/// ```
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::Gauge;
///
/// let metrics = Metrics::new();
/// let waiting: Gauge = metrics.named("shop_orders_waiting", "Orders that wait for a courier.")?;
/// let now = || metrics.snapshot().gauge("shop_orders_waiting", &[]);
/// waiting.set(4);
/// waiting.add(-1);
/// let one_more = waiting.raise();
/// assert_eq!(now(), 4);
/// drop(one_more);
/// assert_eq!(now(), 3);
/// # Ok::<(), svrkit_runtime::metrics::RegisterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gauge {
    place: Place,
    /// `None`: there is no memory for it.
    slots: Option<Slots>,
}

impl Gauge {
    /// Raises it, or lowers it.
    #[inline]
    pub fn add(&self, difference: i64) {
        match &self.slots {
            Some(slots) => slots.cells().add(0, difference.cast_unsigned()),
            None => self.place.metrics.0.count_uncounted(1),
        }
    }

    /// Has it be this, whatever it was.
    pub fn set(&self, number: i64) {
        match &self.slots {
            Some(slots) => slots.block[0].store(number.cast_unsigned(), Ordering::Relaxed),
            None => self.place.metrics.0.count_uncounted(1),
        }
    }

    /// Raises it by one until what is returned is dropped: also where a handler is cancelled, or panics.
    #[must_use = "it is lowered again when this is dropped"]
    pub fn raise(&self) -> Raised {
        self.add(1);
        Raised(self.clone())
    }
}

impl sealed::Sealed for Gauge {}

impl Instrument for Gauge {
    const KIND: Kind = Kind::Gauge;
    const IS_TIME: bool = false;

    fn at(place: Place) -> Self {
        let slots = place.metrics.0.shared_block(place.series);
        Self { place, slots }
    }
}

/// One more in a [`Gauge`], until it is dropped: [`Gauge::raise`].
#[derive(Debug)]
pub struct Raised(Gauge);

impl Drop for Raised {
    fn drop(&mut self) {
        self.0.add(-1);
    }
}
