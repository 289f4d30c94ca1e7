//! What reading may hold at once: counted before it is allocated, given back when it is dropped.

use std::cell::Cell;
use std::rc::Rc;

use svrkit_runtime::wire::tlv::DecodeErrorKind;

/// Shared by a message and all that is read inside it.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    left: Rc<Cell<usize>>,
    limit: usize,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Self {
        Self { left: Rc::new(Cell::new(limit)), limit }
    }

    /// Takes `bytes` until the charge is dropped.
    pub(super) fn charge(&self, bytes: usize) -> Result<Charge, DecodeErrorKind> {
        let Some(left) = self.left.get().checked_sub(bytes) else {
            return Err(DecodeErrorKind::MemoryExceeded { limit: self.limit });
        };
        self.left.set(left);
        Ok(Charge { budget: self.clone(), bytes })
    }

    /// What may still be taken.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }
}

/// Memory that is held.
#[derive(Debug)]
pub(super) struct Charge {
    budget: Budget,
    bytes: usize,
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.budget.left.set(self.budget.left.get() + self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_can_be_taken_again_and_no_byte_more_than_the_limit() {
        let budget = Budget::new(10);
        let held = budget.charge(10).unwrap();
        assert_eq!(budget.charge(1).unwrap_err(), DecodeErrorKind::MemoryExceeded { limit: 10 });
        drop(held);
        assert_eq!(budget.left(), 10);
        assert!(budget.charge(11).is_err() && budget.charge(10).is_ok());
    }
}
