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
        self.add(slot, value);
        self.add(slot + 1 + scale.bucket_of(value), 1);
    }
}

impl Registry {
    /// Has `change` count in slots of `series`.
    #[inline]
    pub(super) fn update(self: &Arc<Self>, series: SeriesId, change: impl FnOnce(Cells<'_>)) {
        let mut change = Some(change);
        let counted = HELD.try_with(|held| {
            let mut held = held.borrow_mut();
            let held = held_of(&mut held, self);
            if let Some(Some(slots)) = held.blocks.get(series.index()) {
                if let Some(change) = change.take() {
                    change(slots.cells());
                }
                return;
            }
            self.change_first(held, series, &mut change);
        });
        if counted.is_err() {
            // The thread ends, and its blocks are given back already.
            self.update_shared(series, change);
        }
    }

    /// The first change of a thread to a series.
    #[cold]
    fn change_first<F: FnOnce(Cells<'_>)>(
        self: &Arc<Self>,
        held: &mut Held,
        series: SeriesId,
        change: &mut Option<F>,
    ) {
        let slots = if held.has_place { self.own_block(series) } else { None };
        let Some(slots) = slots.or_else(|| self.shared_block(series)) else {
            return self.count_uncounted();
        };
        if let Some(change) = change.take() {
            change(slots.cells());
        }
        let index = series.index();
        if held.blocks.len() <= index {
            held.blocks.resize(index + 1, None);
        }
        held.blocks[index] = Some(slots);
    }

    #[cold]
    pub(super) fn update_shared<F: FnOnce(Cells<'_>)>(&self, series: SeriesId, change: Option<F>) {
        match (self.shared_block(series), change) {
            (Some(slots), Some(change)) => change(slots.cells()),
            (None, Some(_)) => self.count_uncounted(),
            (_, None) => {}
        }
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
