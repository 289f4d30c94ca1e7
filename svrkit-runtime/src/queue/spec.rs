//! What a schema says of a queue.

use std::time::Duration;

use crate::rate::Rate;

/// What a schema says of the queue that a method's requests are jobs of; what it does not say is as [`Workers`](super::Workers) have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueSpec {
    /// The queue's name.
    pub name: &'static str,
    /// How many jobs begin in a time; `None`: as many as can be done.
    pub rate: Option<Rate>,
    /// How many jobs are done at once.
    pub workers: Option<u32>,
    /// After how many attempts a job that still fails is a dead letter.
    pub attempts: Option<u32>,
    /// How long an attempt may take.
    pub lease: Option<Duration>,
}

impl QueueSpec {
    /// A queue of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, rate: None, workers: None, attempts: None, lease: None }
    }

    /// Sets how many jobs begin in a time.
    #[must_use]
    pub const fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Sets how many jobs are done at once.
    #[must_use]
    pub const fn workers(mut self, workers: u32) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Sets after how many attempts a job that still fails is a dead letter.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// Sets how long an attempt may take.
    #[must_use]
    pub const fn lease(mut self, lease: Duration) -> Self {
        self.lease = Some(lease);
        self
    }
}
