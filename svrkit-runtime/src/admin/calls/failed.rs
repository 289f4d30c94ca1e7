//! How many failures are kept of those that come at once: where all calls fail, the last hundred are as good as all.

use std::sync::atomic::{AtomicU64, Ordering};

/// Failures that are kept in a second.
const KEPT_MAX: u64 = 100;

/// What may still be kept in a second, without a lock.
#[derive(Debug, Default)]
pub(super) struct FailureBudget {
    /// The second in the high half, how many failed in it in the low one.
    spent: AtomicU64,
    left_out: AtomicU64,
}

impl FailureBudget {
    /// Whether a failure of this second is kept.
    pub(super) fn takes(&self, second: u64) -> bool {
        let spent = self.spent.load(Ordering::Relaxed);
        if spent >> 32 != second {
            // Two that are first at once count as one: it is a budget, not a figure.
            self.spent.store(second << 32 | 1, Ordering::Relaxed);
            return true;
        }
        if spent & u64::from(u32::MAX) >= KEPT_MAX {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        self.spent.fetch_add(1, Ordering::Relaxed);
        true
    }

    pub(super) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_so_many_failures() {
        let budget = FailureBudget::default();
        for second in [0, 7] {
            assert_eq!((0..150).filter(|_| budget.takes(second)).count() as u64, KEPT_MAX);
        }
        assert_eq!(budget.left_out(), 100);
    }
}
