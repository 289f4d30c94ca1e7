//! The job that is being done, as who does it sees it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::job::{JobId, Taken};

/// The job that code does, from the context that this runs in: [`Context::job`](crate::Context::job).
#[derive(Debug)]
pub struct Job {
    taken: Taken,
    is_settled: AtomicBool,
}

impl Job {
    pub(super) fn new(taken: Taken) -> Self {
        Self { taken, is_settled: AtomicBool::new(false) }
    }

    /// Its id: the same at each attempt.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.taken.id
    }

    /// The queue's name.
    #[must_use]
    pub fn queue(&self) -> &str {
        &self.taken.queue
    }

    /// How often it has been taken, this time included.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.taken.attempt
    }

    /// The same as its queue has given it out: for who ends it there.
    #[must_use]
    pub fn taken(&self) -> &Taken {
        &self.taken
    }

    /// Says that its queue knows how this attempt has ended: whatever its handler answers from now on is not recorded. For engines that record it in one commit with what the job
    /// has changed.
    pub fn set_settled(&self) {
        self.is_settled.store(true, Ordering::Release);
    }

    pub(super) fn is_settled(&self) -> bool {
        self.is_settled.load(Ordering::Acquire)
    }
}

/// They are of one taking.
impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.taken == other.taken
    }
}
