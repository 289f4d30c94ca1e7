//! A segment's bytes, read. They may come from anywhere: what is wrong with them is said, and nothing is allocated that they do not hold.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::SegmentError;
use super::layout::{HEADER_LEN, MAGIC, RECORD_HEADER_LEN, RecordKind, VERSION, header};
use crate::metrics::family::{Kind, Unit};
use crate::metrics::histogram::Scale;
use crate::metrics::snapshot::Sample;
use crate::metrics::whose::Whose;

/// Longest segment that is read, the most that `metrics.bytes` may be.
pub(crate) const SEGMENT_LEN_MAX: u64 = 1 << 30;

/// What a segment holds.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) whose: Whose,
    pub(crate) series: Vec<ParsedSeries>,
    groups: Vec<ParsedGroup>,
}

/// One thing that has the metrics of a group.
#[derive(Debug)]
pub(crate) struct ParsedSeries {
    group: usize,
    /// The values of the group's labels.
    pub(crate) values: Vec<String>,
    /// The sums of its blocks.
    pub(crate) slots: Vec<u64>,
}

#[derive(Debug)]
struct ParsedGroup {
    labels: Vec<String>,
    metrics: Vec<ParsedMetric>,
    slots: usize,
    needs: SeriesNeeds,
}

/// What each series of a group takes of a snapshot.
#[derive(Clone, Copy, Debug)]
struct SeriesNeeds {
    /// How many samples it has.
    samples: u64,
    /// Bytes of one of them, without the values of its labels.
    sample_len: u64,
    /// Bytes of what they have besides, all together.
    rest_len: u64,
}

/// A metric of a group.
#[derive(Debug)]
pub(crate) struct ParsedMetric {
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    /// Of histograms.
    pub(crate) scale: Scale,
    /// Its own label, and the values of it; empty where there is none.
    pub(crate) label: String,
    pub(crate) values: Vec<String>,
}

/// Why bytes are no segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// They do not begin as one.
    Magic,
    /// Its layout is of another version than this one reads.
    Version {
        /// Which.
        found: u32,
    },
    /// It ends before what it says it has, or it is longer than 1 GiB.
    Length {
        /// How many bytes it says that it has.
        committed: u64,
        /// How many there are.
        len: u64,
    },
    /// What it describes takes more memory than belongs to a file of its length.
    Exaggerated {
        /// How many bytes that would take.
        needed: u64,
        /// How many it may take: 4 MiB, and 64 for each byte of the file.
        allowed: u64,
    },
    /// A record is not as records are.
    Record {
        /// Where it begins, in bytes.
        at: usize,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("it does not begin with SVRKSEG"),
            Self::Version { found } => {
                write!(
                    f,
                    "its layout is version {found}, this program reads {VERSION}: use the tools of its version"
                )
            }
            Self::Length { committed, len } => {
                write!(
                    f,
                    "it says that it has {committed} bytes, and has {len}, of at most {SEGMENT_LEN_MAX}"
                )
            }
            Self::Exaggerated { needed, allowed } => write!(
                f,
                "what it describes would take {needed} bytes of memory, and may take {allowed} for its length"
            ),
            Self::Record { at, why } => write!(f, "the record at byte {at} {why}"),
        }
    }
}

impl Error for Malformed {}

/// The bytes of the file at `path` that its writer has committed.
///
/// # Errors
/// [`SegmentError::Io`], or [`SegmentError::Malformed`] where it does not begin as a segment.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, SegmentError> {
    let file = File::open(path).map_err(SegmentError::io("open", path))?;
    let len = file.metadata().map_err(SegmentError::io("look at", path))?.len();
    let mut bytes = Vec::new();
    let beginning = (&file).take(HEADER_LEN as u64).read_to_end(&mut bytes);
    beginning.map_err(SegmentError::io("read", path))?;
    let malformed = |error| SegmentError::Malformed { path: path.to_owned(), error };
    let committed = committed(&bytes, len).map_err(malformed)?;
    let rest = committed as u64 - bytes.len() as u64;
    match (&file).take(rest).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() == committed => Ok(bytes),
        Ok(_) => Err(malformed(Malformed::Length { committed: committed as u64, len: bytes.len() as u64 })),
        Err(error) => Err(SegmentError::io("read", path)(error)),
    }
}

/// How many bytes of a segment of `len` bytes are committed, as its header says.
fn committed(beginning: &[u8], len: u64) -> Result<usize, Malformed> {
    let word =
        |at: usize| beginning.get(at..at + 8).and_then(|word| word.try_into().ok()).map(u64::from_le_bytes);
    if !beginning.starts_with(&MAGIC) {
        return Err(Malformed::Magic);
    }
    let (Some(version), Some(committed)) = (word(header::VERSION_AND_LEN), word(header::COMMITTED)) else {
        return Err(Malformed::Length { committed: HEADER_LEN as u64, len });
    };
    let found = version as u32;
    if found != VERSION {
        return Err(Malformed::Version { found });
    }
    let is_sound = (HEADER_LEN as u64..=len.min(SEGMENT_LEN_MAX)).contains(&committed) && committed % 8 == 0;
    match usize::try_from(committed) {
        Ok(committed) if is_sound => Ok(committed),
        _ => Err(Malformed::Length { committed, len }),
    }
}

/// What the bytes of a segment hold.
///
/// # Errors
/// [`Malformed`], with the place.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Malformed> {
    let committed = committed(bytes, bytes.len() as u64)?;
    let bytes = &bytes[..committed];
    let word = |at: usize| bytes[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
    let whose = Whose {
        pid: u32::try_from(word(header::PID)).unwrap_or(u32::MAX),
        started: word(header::STARTED),
        now_unix_ns: word(header::CREATED),
    };
    let mut parsed = Parsed { whose, series: Vec::new(), groups: Vec::new() };
    let mut at = HEADER_LEN;
    while at < bytes.len() {
        let fault = |why| Malformed::Record { at, why };
        let mut fields = Fields(&bytes[at..]);
        let (kind, len) = (fields.u32(), fields.u32());
        let (Some(kind), Some(len)) = (kind, len.map(|len| len as usize)) else {
            return Err(fault("has no header"));
        };
        if len < RECORD_HEADER_LEN || !len.is_multiple_of(8) || len > bytes.len() - at {
            return Err(fault("has a length that it cannot have"));
        }
        let record = &bytes[at + RECORD_HEADER_LEN..at + len];
        parsed.take(kind, record).map_err(fault)?;
        at += len;
    }
    Ok(parsed)
}

impl Parsed {
    /// The labels that the series' group has, and its metrics.
    pub(crate) fn group_of(&self, series: &ParsedSeries) -> (&[String], &[ParsedMetric]) {
        let group = &self.groups[series.group];
        (&group.labels, &group.metrics)
    }

    /// How many bytes a snapshot of it takes, and a little more.
    pub(crate) fn snapshot_len(&self) -> u64 {
        let len = |series: &ParsedSeries| {
            let needs = &self.groups[series.group].needs;
            let sample_len = needs.sample_len + total_len(&series.values);
            let counted_len = 8 * series.slots.len() as u64;
            needs.samples.saturating_mul(sample_len).saturating_add(needs.rest_len + counted_len)
        };
        self.series.iter().map(len).fold(0, u64::saturating_add)
    }

    fn take(&mut self, kind: u32, record: &[u8]) -> Result<(), &'static str> {
        match RecordKind::from_number(kind) {
            // Of a later layout that adds to this one.
            None | Some(RecordKind::Padding) => Ok(()),
            Some(RecordKind::Group) => self.take_group(record),
            Some(RecordKind::Series) => self.take_series(record),
            Some(RecordKind::Block) => self.take_block(record),
        }
    }

    fn take_group(&mut self, record: &[u8]) -> Result<(), &'static str> {
        let mut fields = Fields(record);
        let (id, labels, metrics) = (fields.u32(), fields.u16(), fields.u16());
        let (Some(id), Some(labels), Some(metrics)) = (id, labels, metrics) else {
            return Err("is a group that ends before it has begun");
        };
        if id as usize != self.groups.len() {
            return Err("is a group out of its turn");
        }
        let labels = (0..labels).map(|_| fields.text()).collect::<Option<Vec<_>>>();
        let metrics = (0..metrics).map(|_| fields.metric()).collect::<Option<Vec<_>>>();
        let (Some(labels), Some(metrics)) = (labels, metrics) else {
            return Err("is a group whose metrics cannot be read");
        };
        let slots = metrics.iter().map(ParsedMetric::slots).sum();
        let needs = SeriesNeeds::of(&labels, &metrics);
        self.groups.push(ParsedGroup { labels, metrics, slots, needs });
        Ok(())
    }

    fn take_series(&mut self, record: &[u8]) -> Result<(), &'static str> {
        let mut fields = Fields(record);
        let (Some(id), Some(group)) = (fields.u32(), fields.u32()) else {
            return Err("is a series that ends before it has begun");
        };
        if id as usize != self.series.len() {
            return Err("is a series out of its turn");
        }
        let group = group as usize;
        let Some(labels) = self.groups.get(group).map(|group| group.labels.len()) else {
            return Err("is a series of a group that is not there");
        };
        let Some(values) = (0..labels).map(|_| fields.text()).collect() else {
            return Err("is a series whose labels cannot be read");
        };
        self.series.push(ParsedSeries { group, values, slots: Vec::new() });
        Ok(())
    }

    fn take_block(&mut self, record: &[u8]) -> Result<(), &'static str> {
        let mut fields = Fields(record);
        let (Some(id), Some(slots)) = (fields.u32(), fields.u32()) else {
            return Err("is a block that ends before it has begun");
        };
        let Some(series) = self.series.get_mut(id as usize) else {
            return Err("is a block of a series that is not there");
        };
        let wanted = self.groups[series.group].slots;
        if slots as usize != wanted || fields.0.len() != wanted * 8 {
            return Err("is a block of another length than its group has");
        }
        // Only now, and of bytes that are there.
        series.slots.resize(wanted, 0);
        for (sum, slot) in series.slots.iter_mut().zip(fields.0.chunks_exact(8)) {
            *sum = sum.wrapping_add(slot.try_into().map_or(0, u64::from_le_bytes));
        }
        Ok(())
    }
}

impl SeriesNeeds {
    fn of(labels: &[String], metrics: &[ParsedMetric]) -> Self {
        let label_len = size_of::<(String, String)>() as u64;
        let names_len = label_len * (labels.len() as u64 + 1) + total_len(labels);
        let rest_len = |metric: &ParsedMetric| {
            metric.values.len() as u64 * metric.label.len() as u64 + total_len(&metric.values)
        };
        Self {
            samples: metrics.iter().map(|metric| metric.values.len().max(1) as u64).sum(),
            // A list that grows holds twice what is in it, and for a moment its old room as well.
            sample_len: 3 * size_of::<Sample>() as u64 + names_len,
            rest_len: metrics.iter().map(rest_len).sum(),
        }
    }
}

fn total_len(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}

impl ParsedMetric {
    /// How many slots a number of it takes.
    pub(crate) fn width(&self) -> usize {
        match self.kind {
            Kind::Counter | Kind::Gauge => 1,
            Kind::Histogram => 1 + usize::from(self.scale.buckets),
        }
    }

    fn slots(&self) -> usize {
        self.width() * self.values.len().max(1)
    }
}

/// What is left of a record.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const LEN: usize>(&mut self) -> Option<[u8; LEN]> {
        let (first, rest) = self.0.split_first_chunk::<LEN>()?;
        self.0 = rest;
        Some(*first)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let len = self.u16()?.into();
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        std::str::from_utf8(text).ok().map(str::to_owned)
    }

    fn metric(&mut self) -> Option<ParsedMetric> {
        let [kind, unit, unit_bits, sub_bits] = self.take()?;
        let scale = Scale { unit_bits, sub_bits, buckets: self.u16()? };
        let kind = Kind::from_number(kind)?;
        if kind == Kind::Histogram && !scale.is_sound() {
            return None;
        }
        let values = self.u16()?;
        let (name, help, label) = (self.text()?, self.text()?, self.text()?);
        let values = (0..values).map(|_| self.text()).collect::<Option<Vec<_>>>()?;
        Some(ParsedMetric { name, help, kind, unit: Unit::from_number(unit)?, scale, label, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_segment_is_refused() {
        assert_eq!(parse(b"").unwrap_err(), Malformed::Magic);
        assert_eq!(parse(b"SVRKSEX\0").unwrap_err(), Malformed::Magic);
        assert!(matches!(parse(&MAGIC).unwrap_err(), Malformed::Length { .. }));
        let mut bytes = vec![0; HEADER_LEN];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8] = 9;
        assert_eq!(parse(&bytes).unwrap_err(), Malformed::Version { found: 9 });
        bytes[8] = 1;
        bytes[header::COMMITTED] = 72;
        assert_eq!(parse(&bytes).unwrap_err(), Malformed::Length { committed: 72, len: 64 });
        bytes[header::COMMITTED] = 64;
        assert!(parse(&bytes).unwrap().series.is_empty());
    }
}
