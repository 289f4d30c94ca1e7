//! Metrics of the program's own, kept and shown beside those that are built in.
//!
//! A [`Description`] says what a metric is called and means; it is registered in a registry, which refuses what is no name and what another metric is called; what
//! is counted in knows its place from then on. *Absent:* anything that is built in, which the catalogue has.

mod counter;
mod description;
mod distribution;
mod error;
mod family;
mod gauge;
mod instrument;
mod labels;
mod name;

pub use svrkit_macros::Metrics;

pub use self::counter::Counter;
pub use self::description::Description;
pub use self::distribution::Distribution;
pub use self::error::RegisterError;
pub use self::family::Family;
pub use self::gauge::{Gauge, Raised};
pub use self::instrument::{Instrument, Measure, OwnMetric, Place};
pub use self::labels::{LabelValue, Labels, combination, combinations};
use super::family::Unit;
use super::registry::Registry;

/// Metrics of the program's own, as the fields of a struct: what `#[derive(Metrics)]` implements.
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::Metrics;
/// use svrkit_runtime::metrics::{Counter, Distribution, Family, Gauge, Labels};
///
/// #[derive(Metrics)]
/// #[metric(prefix = "shop")]
/// struct ShopMetrics {
///     /// Orders that were placed, by how they are paid.
///     orders_placed: Family<Payment, Counter>,
///     /// Orders that wait for a courier.
///     #[metric(name = "orders_waiting")]
///     queue: Gauge,
///     /// How long orders took to cook.
///     cooking: Distribution<Duration>,
///     /// What was sent to printers.
///     #[metric(unit = "bytes")]
///     printed: Counter,
/// }
///
/// #[derive(Clone, PartialEq, Eq, Hash, Labels)]
/// enum Payment {
///     Card,
///     Cash,
/// }
///
/// # let process = Metrics::new();
/// // `Metrics::process()` where there is one program; `Metrics::new()` in a test.
/// let shop: ShopMetrics = process.register()?;
/// shop.orders_placed.of(&Payment::Cash).increment();
/// shop.cooking.record(Duration::from_secs(90));
/// shop.printed.add(700);
/// let order_waits = shop.queue.raise();
///
/// let snapshot = process.snapshot();
/// assert_eq!(snapshot.counter("shop_orders_placed_total", &[("payment", "cash")]), 1);
/// assert_eq!(snapshot.histogram("shop_cooking_seconds", &[]).unwrap().count(), 1);
/// assert_eq!(snapshot.counter("shop_printed_bytes_total", &[]), 700);
/// assert_eq!(snapshot.gauge("shop_orders_waiting", &[]), 1);
/// # Ok::<(), svrkit_runtime::metrics::RegisterError>(())
/// ```
///
/// A field is a [`Counter`], a [`Gauge`], a [`Distribution`] or a [`Family`] of one of them. Its documentation, up to the first empty line, is what Prometheus is told that it
/// means. Its name is made of the prefix and the field's name, with the unit (`_seconds` where values are a `Duration`) and, of counters, `_total` behind it where
/// they are not there already.
///
/// | where | attribute | meaning |
/// |---|---|---|
/// | on the struct | `#[metric(prefix = "shop")]` | what the names of all begin with; it has to be there |
/// | on a field | `#[metric(name = "orders_waiting")]` | what stands in the name instead of the field's |
/// | on a field | `#[metric(unit = "bytes")]` | its values are numbers of bytes |
///
/// Names are checked when it is compiled: small letters, digits and underscores, none twice, none that begins with `svrkit_` or `process_`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no metrics",
    note = "derive them: `#[derive(svrkit_runtime::Metrics)]` and `#[metric(prefix = \"…\")]`"
)]
pub trait MetricSet: Sized {
    /// Registers all of them, or none.
    ///
    /// # Errors
    /// [`RegisterError`], of the first that cannot be registered.
    fn register(in_: Registration<'_>) -> Result<Self, RegisterError>;
}

/// Where a [`MetricSet`] is registered: what the derive needs of [`Metrics`](struct@super::Metrics).
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a>(&'a super::Metrics);

impl Registration<'_> {
    #[doc(hidden)]
    pub fn describe(&self, descriptions: &'static [Description]) -> Result<(), RegisterError> {
        self.0.0.describe(descriptions)
    }

    #[doc(hidden)]
    pub fn bind<M: OwnMetric>(&self, description: &'static Description) -> M {
        M::bind(self.0, description)
    }
}

impl super::Metrics {
    /// Registers a program's own metrics, and returns them to be counted in. Do it once, when the program starts, and share what is returned: registered
    /// again, they are counted together.
    ///
    /// # Errors
    /// [`RegisterError::Taken`] where another metric is called like one of them: then none is registered.
    pub fn register<S: MetricSet>(&self) -> Result<S, RegisterError> {
        S::register(Registration(self))
    }

    /// Registers one metric by its full name, which says its unit: `_seconds` where its values are a `Duration`, `_bytes`, and then, of a counter, `_total`.
    ///
    /// For metrics that a program does not know when it is compiled. Under a name that was registered alike, it is the same metric.
    ///
    /// # Errors
    /// [`RegisterError`] where the name cannot be one, or is another metric's.
    ///
    /// ```
    /// use svrkit_runtime::Metrics;
    /// use svrkit_runtime::metrics::{Counter, Gauge, RegisterError};
    ///
    /// let metrics = Metrics::new();
    /// let seen: Counter = metrics.named("shop_seen_total", "Guests.")?;
    /// seen.increment();
    /// let refused = metrics.named::<Gauge>("shop_seen", "Guests.").and(metrics.named::<Counter>("shop_seen_total", "People."));
    /// assert!(matches!(refused.unwrap_err(), RegisterError::Taken { .. }));
    /// # Ok::<(), RegisterError>(())
    /// ```
    pub fn named<M: OwnMetric>(&self, name: &'static str, help: &'static str) -> Result<M, RegisterError> {
        let stem = name.strip_suffix("_total").unwrap_or(name);
        let unit = match (M::IS_TIME, stem.ends_with("_bytes")) {
            (true, _) => Unit::Seconds,
            (false, true) => Unit::Bytes,
            (false, false) => Unit::None,
        };
        let description = self.0.described(Description::of::<M>(name, unit, help))?;
        Ok(M::bind(self, description))
    }
}

impl Registry {
    /// Notes what is registered under these names; nothing of it where one cannot be.
    fn describe(&self, descriptions: &'static [Description]) -> Result<(), RegisterError> {
        let mut own = self.own();
        for (at, description) in descriptions.iter().enumerate() {
            description.check()?;
            let before = descriptions[..at].iter().find(|before| before.name() == description.name());
            description.check_beside(own.get(description.name()).copied().or(before))?;
        }
        own.extend(descriptions.iter().map(|description| (description.name(), description)));
        Ok(())
    }

    /// The one like `description`, which stays for as long as the program runs.
    fn described(&self, description: Description) -> Result<&'static Description, RegisterError> {
        description.check()?;
        let mut own = self.own();
        let known = own.get(description.name()).copied();
        description.check_beside(known)?;
        Ok(known.unwrap_or_else(|| {
            let kept: &'static Description = Box::leak(Box::new(description));
            own.insert(kept.name(), kept);
            kept
        }))
    }
}
