//! Built-in metrics: what every server and client counts of its calls, without being asked.
//!
//! [`Metrics`](struct@Metrics) is what is counted in: one for the process unless somebody says otherwise. [`Snapshot`] is all of it at one moment, and the text
//! that Prometheus scrapes. `catalogue.rs` has a row for each metric, `docs/monitoring.md` is made of it.
//!
//! Numbers are kept in memory that other processes can read, a *segment* ([`Metrics::segment`]), where there is a place for it: they are there when
//! the process has died, and reading them costs it nothing. *Absent:* judging numbers, keeping old ones.

mod batch;
mod catalogue;
mod connection;
mod decision;
mod endpoint;
mod family;
mod histogram;
mod lag;
mod memory;
mod number;
mod own;
mod pool;
mod process;
mod prometheus;
mod queue;
mod registry;
mod segment;
mod shard;
mod snapshot;
mod switch;
mod tally;
mod whose;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub(crate) use self::batch::Batch;
pub(crate) use self::decision::DecisionSeries;
pub(crate) use self::endpoint::EndpointSeries;
pub use self::family::{Described, Kind, Unit};
pub use self::histogram::Histogram;
pub(crate) use self::histogram::Scale;
pub(crate) use self::lag::measure;
pub(crate) use self::number::Number;
pub use self::own::{
    Counter, Distribution, Family, Gauge, Instrument, LabelValue, Labels, Measure, MetricSet, Metrics,
    OwnMetric, Raised, RegisterError,
};
#[doc(hidden)]
pub use self::own::{Description, Place, Registration, combination, combinations};
pub(crate) use self::pool::{PoolSeries, Pooled};
pub(crate) use self::queue::{AttemptEnd, QueueSeries};
use self::registry::Registry;
pub use self::segment::{Malformed, SegmentError, default_dir};
pub use self::snapshot::{MetricFamily, Sample, Snapshot, Value};
pub(crate) use self::switch::Switch;
pub(crate) use self::tally::{Tally, TallyEnd, TallySent};
use crate::config::Config;
use crate::limits::Limits;
use crate::log::{self, Event};

/// What servers and clients count in. A clone is the same.
///
/// All servers and clients of a process count in [`Metrics::process`], unless they are given others ([`Server::metrics`](crate::Server::metrics),
/// [`ClientBuilder::metrics`](crate::ClientBuilder::metrics)) or count nothing
/// ([`Server::without_metrics`](crate::Server::without_metrics)).
///
/// ```
/// use svrkit_runtime::{Metrics, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # static SPEC: svrkit_runtime::Spec = svrkit_runtime::Spec::new("shop.Orders", 2000, "Place", 1);
/// # #[derive(Default, Debug, svrkit_runtime::Tlv)]
/// # struct Nothing {}
/// let metrics = Metrics::new();
/// let client = Server::new().metrics(metrics.clone()).in_process().unwrap();
/// client.request::<_, Nothing>(&SPEC, &Nothing {}).await.unwrap_err();
///
/// let snapshot = metrics.snapshot();
/// assert_eq!(snapshot.counter("svrkit_calls_total", &[("side", "server"), ("code", "UNIMPLEMENTED")]), 1);
/// assert!(snapshot.prometheus().contains("# TYPE svrkit_calls_total counter"));
/// # }
/// ```
#[derive(Clone)]
pub struct Metrics(Arc<Registry>);

static OF_PROCESS: OnceLock<Metrics> = OnceLock::new();

impl Metrics {
    /// Those of the process. They are made by the first server or client, by its limits, in the folder that its configuration names
    /// (`metrics.dir`); what later ones say of it changes nothing. Who asks before there is one has them made by default: with a configuration, ask by
    /// [`Metrics::configured`].
    #[must_use]
    pub fn process() -> Self {
        let made = OF_PROCESS.get().cloned();
        made.unwrap_or_else(|| Self::process_by(&Limits::default(), default_dir().as_deref()))
    }

    /// Those of the process, made as `config` says if there are none yet: for who registers metrics of their own before there is a server.
    ///
    /// ```
    /// use svrkit_runtime::{Config, Metrics};
    ///
    /// let config = Config::builder().environment().load()?;
    /// let metrics = Metrics::configured(&config);
    /// # Ok::<(), svrkit_runtime::ConfigError>(())
    /// ```
    #[must_use]
    pub fn configured(config: &Config) -> Self {
        let mut switch = Switch::default();
        switch.configure(config);
        // Own metrics are counted, where nothing else is, in ordinary memory: nobody has to ask whether they are.
        switch.metrics(&config.limits()).unwrap_or_else(|| Self::process_by(&config.limits(), None))
    }

    /// Others, in ordinary memory, under default limits: for tests, and for programs that are several services.
    #[must_use]
    pub fn new() -> Self {
        Self::limited(&Limits::default())
    }

    /// The same, under these limits: those whose keys begin with `metrics`.
    #[must_use]
    pub fn limited(limits: &Limits) -> Self {
        Self(Registry::new(limits, None))
    }

    /// Others, in a segment in the folder `dir`, which is made if need be. The file is removed when the last clone is dropped, and stays when the
    /// process dies; segments of processes that have died are removed from the folder now.
    ///
    /// # Errors
    /// [`SegmentError`] where the folder cannot be had, is not this user's alone, or has no room for a file. Where there is none for more of it later, what is new is kept in
    /// ordinary memory from then on, and a line of the log says so.
    pub fn in_segment(dir: impl AsRef<Path>, limits: &Limits) -> Result<Self, SegmentError> {
        let file = segment::SegmentFile::create(dir.as_ref(), memory::FIRST_CHUNK)?;
        Ok(Self(Registry::new(limits, Some(file))))
    }

    /// The process's own, made by these limits in a segment in `dir` if there are none yet; in ordinary memory where there is no folder, or none that can
    /// be had: a server does not fail for its figures.
    pub(crate) fn process_by(limits: &Limits, dir: Option<&Path>) -> Self {
        let make = || {
            let Some(dir) = dir else { return Self::limited(limits) };
            Self::in_segment(dir, limits).unwrap_or_else(|error| {
                log::line(
                    Event::MetricsUnshared,
                    &[],
                    format_args!("metrics are kept in ordinary memory: {error}"),
                );
                Self::limited(limits)
            })
        };
        OF_PROCESS.get_or_init(make).clone()
    }

    /// What the runtime itself counts, as `docs/monitoring.md` lists it.
    pub fn catalogue() -> impl Iterator<Item = Described> {
        catalogue::GROUPS.iter().flat_map(|(of, group)| group.described(of.trim_ascii()))
    }

    /// Everything, as it is now. It reads all that was ever counted: for people and scrapers, not for each call.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of_own(&self.0.bytes())
    }

    /// The file that numbers are kept in; `None`: ordinary memory.
    #[must_use]
    pub fn segment(&self) -> Option<PathBuf> {
        self.0.path()
    }
}

impl Default for Metrics {
    /// As [`Metrics::new`].
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("segment", &self.segment()).finish_non_exhaustive()
    }
}
