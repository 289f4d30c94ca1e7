//! What a piece of work takes from the heap, and how deep the stack stood meanwhile.
//!
//! Counted for each thread by itself, so that tests beside one another do not see each other. A program that measures
//! makes [`Counting`] its global allocator; without, everything reads as zero.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with a count of what it gives to the thread that asks.
pub(crate) struct Counting;

/// What was taken between two points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The most bytes held at one time, by the sizes asked for. An allocation that moves counts in both places.
    pub(crate) peak: usize,
    /// How often memory was asked for.
    pub(crate) allocations: usize,
    /// Bytes that stood in allocations when these were made longer: at most so many were copied.
    pub(crate) moved: usize,
    /// How far below its start the stack stood, where it stood deepest while memory was asked for.
    pub(crate) stack: usize,
}

#[derive(Clone, Copy)]
struct Count {
    live: isize,
    peak: isize,
    allocations: usize,
    moved: usize,
    stack_lowest: usize,
}

thread_local! {
    static COUNT: Cell<Count> =
        const { Cell::new(Count { live: 0, peak: 0, allocations: 0, moved: 0, stack_lowest: usize::MAX }) };
}

/// Does `work` and says what it took. What it returns is still held then.
pub(crate) fn taken<T>(work: impl FnOnce() -> T) -> (T, Taken) {
    let start = 0_u8;
    let stack_start = (&raw const start).addr();
    let before = COUNT.get();
    COUNT.set(Count { peak: before.live, allocations: 0, moved: 0, stack_lowest: stack_start, ..before });
    let done = work();
    let after = COUNT.get();
    let taken = Taken {
        peak: (after.peak - before.live).unsigned_abs(),
        allocations: after.allocations,
        moved: after.moved,
        stack: stack_start - after.stack_lowest.min(stack_start),
    };
    (done, taken)
}

/// Bytes that this thread holds now.
pub(crate) fn live() -> isize {
    COUNT.get().live
}

/// The most that it has held since [`forget_peak`].
pub(crate) fn peak() -> isize {
    COUNT.get().peak
}

/// Begins anew with what it holds now.
pub(crate) fn forget_peak() {
    let count = COUNT.get();
    COUNT.set(Count { peak: count.live, ..count });
}

fn taking(len: usize) {
    let here = 0_u8;
    let mut count = COUNT.get();
    count.live += len.cast_signed();
    count.peak = count.peak.max(count.live);
    count.allocations += 1;
    count.stack_lowest = count.stack_lowest.min((&raw const here).addr());
    COUNT.set(count);
}

fn giving_back(len: usize) {
    let mut count = COUNT.get();
    count.live -= len.cast_signed();
    COUNT.set(count);
}

// SAFETY: every call goes to the system's allocator as it came; counting touches no memory but the thread's own cell,
// which needs neither memory nor a destructor.
#[allow(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taking(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taking(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        giving_back(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, len: usize) -> *mut u8 {
        // Where it is moved, old and new are held together.
        taking(len);
        giving_back(layout.size());
        let mut count = COUNT.get();
        count.moved += layout.size();
        COUNT.set(count);
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(at, layout, len) }
    }
}
