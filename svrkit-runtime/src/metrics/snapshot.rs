//! Everything that was counted, at one moment: what the Prometheus text, admin pages and tests are made of.

use std::collections::BTreeMap;
use std::path::Path;

use super::family::{Kind, Unit};
use super::histogram::Histogram;
use super::prometheus;
use super::segment::{self, Malformed, Parsed, ParsedMetric, SegmentError};

/// The families of metrics of one process, sorted by name.
///
/// Numbers are read one after the other while they are counted: each is right, but two of them may be of moments that lie microseconds apart.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pid: u32,
    families: Vec<MetricFamily>,
}

/// A metric with all its samples.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetricFamily {
    /// Its name.
    pub name: String,
    /// What it means.
    pub help: String,
    /// What is done with its numbers.
    pub kind: Kind,
    /// What they are numbers of.
    pub unit: Unit,
    /// Its numbers, each with other labels.
    pub samples: Vec<Sample>,
}

/// A number, or a histogram, and what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Names and values of its labels: `("method", "Place")`.
    pub labels: Vec<(String, String)>,
    /// What was counted.
    pub value: Value,
    /// Whether it is one of several of its series, each with another value of the last label.
    pub(super) is_detail: bool,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// Of a counter, in its smallest unit.
    Counter(u64),
    /// Of a gauge, in its smallest unit.
    Gauge(i64),
    /// Of a histogram.
    Histogram(Histogram),
}

impl Snapshot {
    /// What the segment at `path` holds, whether its process lives or not.
    ///
    /// # Errors
    /// [`SegmentError::Io`] where the file cannot be read, [`SegmentError::Malformed`] where it is no segment, or damaged.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SegmentError> {
        let path = path.as_ref();
        let bytes = segment::read(path)?;
        Self::of_bytes(&bytes).map_err(|error| SegmentError::Malformed { path: path.to_owned(), error })
    }

    /// What a segment of these bytes holds.
    ///
    /// # Errors
    /// [`Malformed`], with the place.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let parsed = segment::parse(bytes)?;
        // A few bytes can describe more than there is memory for: many series of many values with long labels.
        let (needed, allowed) = (parsed.snapshot_len(), snapshot_len_max(bytes.len()));
        if needed > allowed {
            return Err(Malformed::Exaggerated { needed, allowed });
        }
        Ok(Self::of_parsed(&parsed))
    }

    /// The same of bytes that this process has written, whatever they need.
    pub(super) fn of_own(bytes: &[u8]) -> Self {
        Self::of_parsed(&segment::parse(bytes).expect("what was written by this program, it reads"))
    }

    fn of_parsed(parsed: &Parsed) -> Self {
        let mut families = BTreeMap::new();
        for series in &parsed.series {
            let (labels, metrics) = parsed.group_of(series);
            let labels: Vec<_> = labels.iter().cloned().zip(series.values.iter().cloned()).collect();
            let mut slots = series.slots.as_slice();
            for metric in metrics {
                let family: &mut MetricFamily =
                    families.entry(metric.name.clone()).or_insert_with(|| MetricFamily::of(metric));
                for index in 0..metric.values.len().max(1) {
                    let (own, rest) = slots.split_at(metric.width().min(slots.len()));
                    slots = rest;
                    family.samples.push(Sample::of(metric, index, &labels, own));
                }
            }
        }
        Self { pid: parsed.whose.pid, families: families.into_values().collect() }
    }

    /// The process whose numbers they are.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// All families, sorted by name.
    #[must_use]
    pub fn families(&self) -> &[MetricFamily] {
        &self.families
    }

    /// The family of this name.
    #[must_use]
    pub fn family(&self, name: &str) -> Option<&MetricFamily> {
        let at = self.families.binary_search_by(|family| family.name.as_str().cmp(name)).ok()?;
        self.families.get(at)
    }

    /// The sum of a counter over all its samples that have these labels. 0 where there is none.
    ///
    /// ```
    /// use svrkit_runtime::Metrics;
    ///
    /// let snapshot = Metrics::new().snapshot();
    /// assert_eq!(snapshot.counter("svrkit_calls_total", &[("side", "server"), ("code", "OK")]), 0);
    /// ```
    #[must_use]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        self.matching(name, labels).fold(0, |sum, value| match value {
            Value::Counter(number) => sum.wrapping_add(*number),
            Value::Gauge(_) | Value::Histogram(_) => sum,
        })
    }

    /// The sum of a gauge over all its samples that have these labels. 0 where there is none.
    #[must_use]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> i64 {
        self.matching(name, labels).fold(0, |sum, value| match value {
            Value::Gauge(number) => sum.wrapping_add(*number),
            Value::Counter(_) | Value::Histogram(_) => sum,
        })
    }

    /// All values of a histogram's samples that have these labels, together. `None`: there is no such sample.
    #[must_use]
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Option<Histogram> {
        let mut together: Option<Histogram> = None;
        for value in self.matching(name, labels) {
            if let Value::Histogram(histogram) = value {
                match &mut together {
                    None => together = Some(histogram.clone()),
                    Some(together) => together.add(histogram),
                }
            }
        }
        together
    }

    /// The text that Prometheus scrapes: its format 0.0.4, of content type `text/plain; version=0.0.4`.
    #[must_use]
    pub fn prometheus(&self) -> String {
        prometheus::text(&self.families)
    }

    fn matching<'a>(&'a self, name: &str, labels: &'a [(&str, &str)]) -> impl Iterator<Item = &'a Value> {
        let samples = self.family(name).map_or(&[][..], |family| &family.samples);
        let matches = |sample: &&Sample| labels.iter().all(|(name, value)| sample.label(name) == Some(value));
        samples.iter().filter(matches).map(|sample| &sample.value)
    }
}

/// Most memory for what a segment of so many bytes describes: several times what one can need that a process has written.
fn snapshot_len_max(bytes: usize) -> u64 {
    (4 << 20) + 64 * bytes as u64
}

impl MetricFamily {
    fn of(metric: &ParsedMetric) -> Self {
        let ParsedMetric { name, help, kind, unit, .. } = metric;
        Self { name: name.clone(), help: help.clone(), kind: *kind, unit: *unit, samples: Vec::new() }
    }
}

impl Sample {
    /// The number of this index of a metric, whose slots may be missing: then it has counted nothing.
    fn of(metric: &ParsedMetric, index: usize, labels: &[(String, String)], slots: &[u64]) -> Self {
        let own = metric.values.get(index).map(|value| (metric.label.clone(), value.clone()));
        let first = slots.first().copied().unwrap_or_default();
        let value = match metric.kind {
            Kind::Counter => Value::Counter(first),
            Kind::Gauge => Value::Gauge(first.cast_signed()),
            Kind::Histogram => {
                let mut histogram = Histogram::new(metric.scale);
                histogram.add_slots(slots);
                Value::Histogram(histogram)
            }
        };
        let is_detail = own.is_some();
        Self { labels: labels.iter().cloned().chain(own).collect(), value, is_detail }
    }

    /// The value of a label.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str())
    }
}
