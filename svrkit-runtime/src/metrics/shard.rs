//! Who counts where: each thread in blocks of its own, without a lock and without an atomic operation that others would have to wait for.
//!
//! A thread that ends leaves its blocks, numbers included, to the next one. Threads beyond `metrics.threads`, and all where memory has run
//! out, share the blocks of a series.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::histogram::Scale;
use super::memory::Block;
use super::registry::{Registry, SeriesId};

thread_local! {
    /// What this thread counts in, for each registry that it has counted for.
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

/// Blocks by series.
pub(super) type Blocks = Vec<Option<Slots>>;

/// The blocks of one thread for one registry.
struct Held {
    registry_id: u64,
    registry: Weak<Registry>,
    /// Whether blocks are its own: it has a place among `metrics.threads`.
    has_place: bool,
    blocks: Blocks,
}

/// A block, and whether others count in it as well.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    pub(super) block: Block,
    pub(super) is_shared: bool,
}

impl Slots {
    #[inline]
    pub(super) fn cells(&self) -> Cells<'_> {
        Cells { slots: &self.block, is_shared: self.is_shared }
    }
}

/// Slots to count in.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    slots: &'a [AtomicU64],
    is_shared: bool,
}

impl Cells<'_> {
    /// Adds to a slot. Gauges are lowered by what wraps around.
    #[inline]
    pub(crate) fn add(&self, slot: usize, number: u64) {
        let slot = &self.slots[slot];
        if self.is_shared {
            slot.fetch_add(number, Ordering::Relaxed);
        } else {
            // Nobody else writes it: a load and a store are a tenth of an atomic addition.
            slot.store(slot.load(Ordering::Relaxed).wrapping_add(number), Ordering::Relaxed);
        }
    }

    /// Counts a value in the histogram whose first slot this is.
    #[inline]
    pub(crate) fn record(&self, slot: usize, scale: Scale, value: u64) {
        self.record_times(slot, scale, value, 1);
    }

    /// Counts the same value so many times.
    #[inline]
    pub(crate) fn record_times(&self, slot: usize, scale: Scale, value: u64, times: u64) {
        self.add(slot, value.wrapping_mul(times));
        self.add(slot + 1 + scale.bucket_of(value), times);
    }
}

/// What a thread counts in, at one look.
pub(super) struct Counting<'a> {
    registry: &'a Arc<Registry>,
    /// `None`: the thread ends, and its blocks are given back already.
    held: Option<&'a mut Held>,
}

impl Registry {
    /// Has `count` count.
    #[inline]
    pub(super) fn count(self: &Arc<Self>, count: impl FnOnce(Counting<'_>)) {
        let mut count = Some(count);
        let counted = HELD.try_with(|held| {
            let mut held = held.borrow_mut();
            if let Some(count) = count.take() {
                count(Counting { registry: self, held: Some(held_of(&mut held, self)) });
            }
        });
        if let (Err(_), Some(count)) = (counted, count) {
            count(Counting { registry: self, held: None });
        }
    }

    /// Has `change` count in slots of `series`.
    #[inline]
    pub(super) fn update(self: &Arc<Self>, series: SeriesId, change: impl FnOnce(Cells<'_>)) {
        self.count(|mut counting| counting.update(series, change));
    }
}

impl Counting<'_> {
    /// Has `change` count in slots of `series`.
    #[inline]
    pub(super) fn update(&mut self, series: SeriesId, change: impl FnOnce(Cells<'_>)) {
        self.updates(series, 1, change);
    }

    /// The same for so many changes at once.
    #[inline]
    pub(super) fn updates(&mut self, series: SeriesId, number: u64, change: impl FnOnce(Cells<'_>)) {
        if let Some(held) = &self.held
            && let Some(Some(slots)) = held.blocks.get(series.index())
        {
            return change(slots.cells());
        }
        match self.first_slots(series) {
            Some(slots) => change(slots.cells()),
            None => self.registry.count_uncounted(number),
        }
    }

    /// Those of a series that this thread has not counted in before.
    #[cold]
    fn first_slots(&mut self, series: SeriesId) -> Option<Slots> {
        let own = self.held.as_ref().filter(|held| held.has_place);
        let own = own.and_then(|_| self.registry.own_block(series));
        let slots = own.or_else(|| self.registry.shared_block(series))?;
        if let Some(held) = &mut self.held {
            let index = series.index();
            if held.blocks.len() <= index {
                held.blocks.resize(index + 1, None);
            }
            held.blocks[index] = Some(slots.clone());
        }
        Some(slots)
    }
}

/// What the thread holds for `registry`.
#[inline]
fn held_of<'a>(held: &'a mut Vec<Held>, registry: &Arc<Registry>) -> &'a mut Held {
    let found = held.iter().position(|held| held.registry_id == registry.id());
    let index = found.unwrap_or_else(|| take_place(held, registry));
    &mut held[index]
}

#[cold]
fn take_place(held: &mut Vec<Held>, registry: &Arc<Registry>) -> usize {
    // Those of registries that are gone hold memory.
    held.retain(|held| held.registry.strong_count() > 0);
    let place = registry.take_place();
    held.push(Held {
        registry_id: registry.id(),
        registry: Arc::downgrade(registry),
        has_place: place.is_some(),
        blocks: place.unwrap_or_default(),
    });
    held.len() - 1
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.has_place
            && let Some(registry) = self.registry.upgrade()
        {
            registry.give_place(std::mem::take(&mut self.blocks));
        }
    }
}
