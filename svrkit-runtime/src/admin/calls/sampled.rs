//! Which calls are kept for no reason: one of so many.

use std::cell::Cell;

thread_local! {
    /// Calls of this thread since the last one that was kept. Its own: a counter that all threads share is what they would wait for.
    static SINCE: Cell<u32> = const { Cell::new(0) };
}

/// Whether this call is the one of `of` calls of its thread; 0: none is.
pub(super) fn is_sampled(of: u32) -> bool {
    let since = SINCE.get().wrapping_add(1);
    let is_sampled = of != 0 && since >= of;
    SINCE.set(if is_sampled { 0 } else { since });
    is_sampled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_so_many_is_kept() {
        SINCE.set(0);
        let kept = |of| (1..=6).map(|_| is_sampled(of)).collect::<Vec<_>>();
        assert_eq!(kept(3), [false, false, true, false, false, true]);
        assert_eq!(kept(1), [true; 6]);
        assert_eq!(kept(0), [false; 6]);
    }
}
