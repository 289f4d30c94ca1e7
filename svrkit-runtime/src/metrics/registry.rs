//! What is counted: groups, series and their blocks, and which method has which series.
//!
//! Everything here but [`Registry::method`] happens once for a series or a thread, under a lock.

use std::collections::HashMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::catalogue::{handler, method, registry};
use super::family::Group;
use super::memory::{Block, Memory};
use super::own::Description;
use super::segment::layout::{self, RecordKind};
use super::segment::{Mapping, SegmentFile};
use super::shard::{Blocks, Cells, Slots};
use super::whose::Whose;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::spec::Spec;

/// A series of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SeriesId(NonZero<u32>);

impl SeriesId {
    /// That of a series for which there is no room: what it would count is uncounted.
    const NONE: Self = Self(NonZero::<u32>::MAX);

    /// The one of this index.
    fn of(index: usize) -> Option<Self> {
        let number = u32::try_from(index).ok()?.checked_add(1)?;
        NonZero::new(number).map(Self)
    }

    #[inline]
    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// Its number in the segment.
    fn number(self) -> u32 {
        self.0.get() - 1
    }
}

/// All that is counted together.
#[derive(Debug)]
pub(super) struct Registry {
    /// No other registry of the process has it.
    id: u64,
    limits: Limits,
    contents: Mutex<Contents>,
    /// The series of each method, for each side.
    methods: [SeriesTable; 2],
    /// The program's own metrics, by their names.
    own: Mutex<HashMap<&'static str, &'static Description>>,
    uncounted: Slots,
}

#[derive(Debug)]
struct Contents {
    memory: Memory,
    groups: Vec<Known>,
    series: Vec<Series>,
    by_labels: HashMap<(u32, Vec<String>), SeriesId>,
    /// Blocks that threads have left.
    left: Vec<Blocks>,
    /// Threads that have a place, and places that were left.
    places: usize,
}

/// A group that has series.
#[derive(Debug)]
struct Known {
    group: Group,
    /// How many of its series there are a limit of: those of `other` and of what nobody knows come on top.
    labelled: usize,
}

#[derive(Debug)]
struct Series {
    group: u32,
    /// The one that threads share.
    shared: Option<Block>,
}

/// Labels of what is beyond a limit of label sets.
pub(crate) const OTHER: &str = "other";
/// Labels of what nobody knows.
pub(crate) const UNKNOWN: &str = "unknown";

impl Registry {
    pub(super) fn new(limits: &Limits, file: Option<(SegmentFile, Mapping)>) -> Arc<Self> {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let mut contents = Contents {
            memory: Memory::new(file, limits.metrics_bytes, &Whose::own()),
            groups: Vec::new(),
            series: Vec::new(),
            by_labels: HashMap::new(),
            left: Vec::new(),
            places: 0,
        };
        let own = contents.series(&registry::GROUP, &[]);
        let block = contents.shared_block(own).expect("the first chunk has room for the first block");
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            limits: *limits,
            contents: Mutex::new(contents),
            methods: [SeriesTable::default(), SeriesTable::default()],
            own: Mutex::default(),
            uncounted: Slots { block, is_shared: true },
        })
    }

    #[inline]
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The series of a method, as this side sees it.
    #[inline]
    pub(super) fn method(&self, side: Side, spec: &'static Spec) -> SeriesId {
        let methods = &self.methods[side_index(side)];
        let number = spec.number();
        methods.get(number).unwrap_or_else(|| {
            let series = self.new_method(side, spec.service, spec.method);
            methods.set(number, series);
            series
        })
    }

    /// What is registered of the program's own, by name.
    pub(super) fn own(&self) -> MutexGuard<'_, HashMap<&'static str, &'static Description>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The series of calls whose ids are no method's.
    #[cold]
    pub(super) fn unknown_method(&self, side: Side) -> SeriesId {
        self.contents().series(&method::GROUP, &[side_name(side), UNKNOWN, UNKNOWN])
    }

    #[cold]
    fn new_method(&self, side: Side, service: &str, name: &str) -> SeriesId {
        let side = side_name(side);
        let max = self.limits.metrics_methods;
        self.series_within(&method::GROUP, &[side, service, name], max, &[side, OTHER, OTHER])
    }

    /// The series of a handler, for what seldom happens to it.
    #[cold]
    pub(super) fn handler(&self, spec: Option<&'static Spec>) -> SeriesId {
        let Some(Spec { service, method: name, .. }) = spec else {
            return self.series(&handler::GROUP, &[UNKNOWN, UNKNOWN]);
        };
        self.series_within(&handler::GROUP, &[service, name], self.limits.metrics_methods, &[OTHER, OTHER])
    }

    /// The series of these labels; the one of `other` where the group has as many as it may have.
    pub(super) fn series_within(
        &self,
        group: &Group,
        labels: &[&str],
        max: usize,
        other: &[&str],
    ) -> SeriesId {
        self.labelled_series(group, labels, max).unwrap_or_else(|| self.series(group, other))
    }

    /// The series of these labels. `None`: it would be a new one, and the group has as many of them as it may have.
    pub(super) fn labelled_series(&self, group: &Group, labels: &[&str], max: usize) -> Option<SeriesId> {
        self.contents().labelled_series(group, labels, max)
    }

    /// The series of these labels.
    pub(super) fn series(&self, group: &Group, labels: &[&str]) -> SeriesId {
        self.contents().series(group, labels)
    }

    /// Has `set` write the slots of a series that one writer has.
    pub(super) fn set(&self, series: SeriesId, set: impl FnOnce(&[AtomicU64])) {
        match self.shared_block(series) {
            Some(slots) => set(&slots.block),
            None => self.count_uncounted(1),
        }
    }

    /// The file that everything is in, where it is in one.
    pub(super) fn path(&self) -> Option<PathBuf> {
        self.contents().memory.file().map(|file| file.path().to_owned())
    }

    /// All bytes, as they are now.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let copying = self.contents().memory.copy();
        copying.bytes()
    }

    pub(super) fn own_block(&self, series: SeriesId) -> Option<Slots> {
        let block = self.contents().block(series)?;
        Some(Slots { block, is_shared: false })
    }

    pub(super) fn shared_block(&self, series: SeriesId) -> Option<Slots> {
        let block = self.contents().shared_block(series)?;
        Some(Slots { block, is_shared: true })
    }

    /// A place for a thread, with the blocks of the one that had it before. `None`: there are as many as there may be.
    pub(super) fn take_place(&self) -> Option<Blocks> {
        let mut contents = self.contents();
        if let Some(left) = contents.left.pop() {
            return Some(left);
        }
        if contents.places == self.limits.metrics_threads {
            return None;
        }
        contents.places += 1;
        Some(Blocks::new())
    }

    /// A thread leaves its place.
    pub(super) fn give_place(&self, blocks: Blocks) {
        self.contents().left.push(blocks);
    }

    #[cold]
    pub(super) fn count_uncounted(&self, number: u64) {
        self.uncounted.cells().add(registry::UNCOUNTED, number);
    }

    /// Each change under the lock leaves contents whole, or panics before it: a poisoned one is whole.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    /// The series of these labels, a new one if need be.
    fn series(&mut self, group: &Group, labels: &[&str]) -> SeriesId {
        let Some(group) = self.group(group) else { return SeriesId::NONE };
        let key = (group, labels.iter().map(|&label| label.to_owned()).collect());
        if let Some(series) = self.by_labels.get(&key) {
            return *series;
        }
        let Some(series) = self.new_series(group, labels) else { return SeriesId::NONE };
        self.by_labels.insert(key, series);
        series
    }

    fn new_series(&mut self, group: u32, labels: &[&str]) -> Option<SeriesId> {
        let id = SeriesId::of(self.series.len())?;
        self.memory.push(RecordKind::Series, &layout::series(id.number(), group, labels))?;
        self.series.push(Series { group, shared: None });
        Some(id)
    }

    fn labelled_series(&mut self, group: &Group, labels: &[&str], max: usize) -> Option<SeriesId> {
        let Some(id) = self.group(group) else { return Some(SeriesId::NONE) };
        let key = (id, labels.iter().map(|&label| label.to_owned()).collect());
        if let Some(known) = self.by_labels.get(&key) {
            return Some(*known);
        }
        let labelled = &mut self.groups[id as usize].labelled;
        if *labelled >= max {
            return None;
        }
        *labelled += 1;
        Some(self.series(group, labels))
    }

    fn group(&mut self, group: &Group) -> Option<u32> {
        if let Some(known) = self.groups.iter().position(|known| known.group.is(group)) {
            return u32::try_from(known).ok();
        }
        let id = u32::try_from(self.groups.len()).ok()?;
        self.memory.push(RecordKind::Group, &layout::group(id, group))?;
        self.groups.push(Known { group: *group, labelled: 0 });
        Some(id)
    }

    fn block(&mut self, series: SeriesId) -> Option<Block> {
        let Known { group, .. } = &self.groups[self.series.get(series.index())?.group as usize];
        self.memory.push_block(series.number(), group.slots())
    }

    fn shared_block(&mut self, series: SeriesId) -> Option<Block> {
        if let Some(block) = &self.series.get(series.index())?.shared {
            return Some(block.clone());
        }
        let block = self.block(series)?;
        self.series[series.index()].shared = Some(block.clone());
        Some(block)
    }
}

/// Series by the numbers of the methods that they are of. Read without a lock.
#[derive(Debug)]
struct SeriesTable {
    pages: Box<[OnceLock<Page>]>,
}

/// Series; 0: not known yet.
type Page = Box<[AtomicU32]>;

const PAGE: usize = 256;

/// For numbers beyond what these pages have room for, 65,536 in a program, the series is looked up by name each time.
const PAGES: usize = 256;

impl Default for SeriesTable {
    fn default() -> Self {
        Self { pages: (0..PAGES).map(|_| OnceLock::new()).collect() }
    }
}

impl SeriesTable {
    #[inline]
    fn get(&self, number: u32) -> Option<SeriesId> {
        let page = self.pages.get(number as usize / PAGE)?.get()?;
        NonZero::new(page[number as usize % PAGE].load(Ordering::Relaxed)).map(SeriesId)
    }

    fn set(&self, number: u32, series: SeriesId) {
        let Some(page) = self.pages.get(number as usize / PAGE).filter(|_| series != SeriesId::NONE) else {
            return;
        };
        let page = page.get_or_init(|| (0..PAGE).map(|_| AtomicU32::new(0)).collect());
        page[number as usize % PAGE].store(series.0.get(), Ordering::Relaxed);
    }
}

fn side_index(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

pub(crate) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// So that callers need not name the slots' type.
#[inline]
pub(super) fn add(registry: &Arc<Registry>, series: SeriesId, slot: usize, number: u64) {
    registry.update(series, |cells: Cells<'_>| cells.add(slot, number));
}
