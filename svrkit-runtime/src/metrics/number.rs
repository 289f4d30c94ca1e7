//! Numbers of this process alone, by which what is static finds its series without a look at its name.

use std::sync::atomic::{AtomicU32, Ordering};

/// A number that nothing else has in this process; 0 until somebody asks for it.
#[derive(Debug)]
pub(crate) struct Number(AtomicU32);

impl Number {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// The number, from 1 on.
    #[inline]
    pub(crate) fn get(&self) -> u32 {
        match self.0.load(Ordering::Relaxed) {
            0 => self.take(),
            number => number,
        }
    }

    #[cold]
    fn take(&self) -> u32 {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        match self.0.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => next,
            Err(taken) => taken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_and_keeps_it() {
        let numbers = [Number::new(), Number::new()];
        let first = numbers.each_ref().map(Number::get);
        assert_ne!(first[0], first[1]);
        assert_eq!(numbers.each_ref().map(Number::get), first);
    }
}
