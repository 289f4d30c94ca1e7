//! The bytes of a segment: `docs/segment.md` has them one by one.
//!
//! A header, and behind it records, each as long as it says. Whoever writes adds records at the end and never changes one, but for
//! the slots of blocks; then it raises `committed`, up to where records are whole. Ordinary memory has the same layout, so that one
//! reader serves both.

use crate::metrics::family::{Group, Kind, Metric};

/// The first bytes of every segment.
pub(crate) const MAGIC: [u8; 8] = *b"SVRKSEG\0";

/// The layout's version. A reader refuses others.
pub(crate) const VERSION: u32 = 1;

/// Length of the header, in bytes.
pub(crate) const HEADER_LEN: usize = 64;

/// Offsets of the header's fields, in bytes.
pub(crate) mod header {
    pub(crate) const VERSION_AND_LEN: usize = 8;
    pub(crate) const PID: usize = 16;
    pub(crate) const STARTED: usize = 24;
    pub(crate) const CREATED: usize = 32;
    pub(crate) const COMMITTED: usize = 40;
}

/// Length of what each record begins with: its kind and its length.
pub(crate) const RECORD_HEADER_LEN: usize = 8;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordKind {
    /// Nothing, to the end of a chunk.
    Padding,
    /// What a group of metrics looks like.
    Group,
    /// One thing that has the metrics of a group: its labels.
    Series,
    /// Slots of a series. Those of all its blocks add up.
    Block,
}

impl RecordKind {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Self::Padding => 0,
            Self::Group => 1,
            Self::Series => 2,
            Self::Block => 3,
        }
    }

    pub(crate) fn from_number(number: u32) -> Option<Self> {
        [Self::Padding, Self::Group, Self::Series, Self::Block]
            .into_iter()
            .find(|kind| kind.number() == number)
    }
}

/// What stands in a group's record: its metrics, in the order of their slots.
pub(crate) fn group(id: u32, group: &Group) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(id.to_le_bytes());
    push_count(&mut bytes, group.labels.len());
    push_count(&mut bytes, group.metrics.len());
    group.labels.iter().for_each(|label| push_text(&mut bytes, label));
    group.metrics.iter().for_each(|metric| push_metric(&mut bytes, metric));
    bytes
}

fn push_metric(bytes: &mut Vec<u8>, metric: &Metric) {
    let Metric { name, kind, unit, by, help } = *metric;
    let (label, values) = by.unwrap_or_default();
    let scale = unit.scale();
    bytes.extend([kind.number(), unit.number()]);
    match kind {
        Kind::Histogram => {
            bytes.extend([scale.unit_bits, scale.sub_bits]);
            bytes.extend(scale.buckets.to_le_bytes());
        }
        Kind::Counter | Kind::Gauge => bytes.extend([0; 4]),
    }
    push_count(bytes, values.len());
    push_text(bytes, name);
    push_text(bytes, help);
    push_text(bytes, label);
    values.iter().for_each(|value| push_text(bytes, value));
}

/// What stands in a series' record.
pub(crate) fn series(id: u32, group: u32, values: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(id.to_le_bytes());
    bytes.extend(group.to_le_bytes());
    values.iter().for_each(|value| push_text(&mut bytes, value));
    bytes
}

/// Longest text of a record in bytes. What is beyond it is cut off.
pub(crate) const TEXT_LEN_MAX: usize = 1024;

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let text = crate::wire::prefix(text, TEXT_LEN_MAX);
    push_count(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn push_count(bytes: &mut Vec<u8>, count: usize) {
    let count = u16::try_from(count).expect("groups and texts are far below 65536 of anything");
    bytes.extend(count.to_le_bytes());
}
