//! What a metric is: its name, its type, its unit, and what it means.

use std::fmt;

use super::histogram::Scale;

/// What is done with a metric's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Only grows, from 0 at the start of the process on.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many values were how large, and their sum.
    Histogram,
}

/// What a metric's numbers are numbers of. Prometheus is told base units: seconds and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Things.
    None,
    /// Nanoseconds, told as seconds.
    Seconds,
    /// Bytes.
    Bytes,
}

impl Kind {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Counter => 1,
            Self::Gauge => 2,
            Self::Histogram => 3,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::Counter, Self::Gauge, Self::Histogram].into_iter().find(|kind| kind.number() == number)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        })
    }
}

impl Unit {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Seconds => 1,
            Self::Bytes => 2,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::None, Self::Seconds, Self::Bytes].into_iter().find(|unit| unit.number() == number)
    }

    /// How many of its smallest unit are one of the base unit.
    #[must_use]
    pub fn per_base(self) -> u64 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::None | Self::Bytes => 1,
        }
    }

    /// The scale of histograms of this unit.
    pub(crate) const fn scale(self) -> Scale {
        match self {
            Self::Seconds => Scale::TIME,
            Self::None | Self::Bytes => Scale::LENGTH,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
        })
    }
}

/// A built-in metric: [`Metrics::catalogue`](crate::Metrics::catalogue).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Described {
    /// What there is one of for each set of labels, as a sentence.
    pub of: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What is done with its numbers.
    pub kind: Kind,
    /// What they are numbers of.
    pub unit: Unit,
    /// The names of its labels.
    pub labels: Vec<&'static str>,
    /// What it means.
    pub help: &'static str,
}

/// A metric of a [`Group`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    /// A label of its own, and its values: it has a number for each.
    pub(crate) by: Option<(&'static str, &'static [&'static str])>,
    pub(crate) help: &'static str,
}

/// Metrics that belong to the same thing, a method or a connection, and are kept together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// What names the thing.
    pub(crate) labels: &'static [&'static str],
    pub(crate) metrics: &'static [Metric],
}

impl Metric {
    /// How many slots one number of it takes: a histogram's sum and its buckets.
    pub(crate) const fn width(&self) -> usize {
        match self.kind {
            Kind::Counter | Kind::Gauge => 1,
            Kind::Histogram => 1 + self.unit.scale().buckets as usize,
        }
    }

    /// How many numbers it has in one series.
    pub(crate) const fn count(&self) -> usize {
        match self.by {
            Some((_, values)) => values.len(),
            None => 1,
        }
    }
}

impl Group {
    /// The first slot of its metric of this index.
    pub(crate) const fn slot_of(&self, index: usize) -> usize {
        let (mut at, mut slot) = (0, 0);
        while at < index {
            slot += self.metrics[at].width() * self.metrics[at].count();
            at += 1;
        }
        slot
    }

    /// Its metrics for people, as what there is `of` each set of labels.
    pub(crate) fn described(&self, of: &'static str) -> impl Iterator<Item = Described> {
        self.metrics.iter().map(move |metric| {
            let Metric { name, kind, unit, by, help } = *metric;
            let labels = self.labels.iter().copied().chain(by.map(|(label, _)| label)).collect();
            Described { of, name, kind, unit, labels, help }
        })
    }

    /// Whether it is this one: of the same metrics, wherever they stand.
    pub(crate) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.metrics, other.metrics) || self.metrics == other.metrics
    }

    /// All slots of one series.
    pub(crate) const fn slots(&self) -> usize {
        self.slot_of(self.metrics.len())
    }
}
