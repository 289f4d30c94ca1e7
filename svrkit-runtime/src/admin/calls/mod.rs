//! The calls that are kept to be looked at: the slowest of each method, those that failed, and a sample.
//!
//! A [`Monitor`] like any other. A call that is none of the three costs a search among the methods, an atomic load and a counter of its
//! thread; one that is kept costs its record and a lock. What a call carried is not kept: sizes, ids and words of its status are.

mod failed;
mod record;
mod sampled;
mod slowest;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use self::failed::FailureBudget;
pub(super) use self::record::Record;
use self::sampled::is_sampled;
use self::slowest::Slowest;
use crate::limits::Limits;
use crate::monitor::{CallEnd, Monitor};
use crate::spec::ServiceSpec;

/// The kept calls of one server.
#[derive(Debug)]
pub(crate) struct CallRing {
    began: Instant,
    /// By the ids of their methods, sorted: one that is not found here has no method.
    slow: Vec<((u32, u16), Slowest)>,
    failed: Ring,
    failures: FailureBudget,
    sampled: Ring,
    /// One call of so many; 0: none.
    sample: u32,
}

/// What is kept now.
#[derive(Debug)]
pub(super) struct KeptCalls {
    /// The slowest first.
    pub(super) slow: Vec<Arc<Record>>,
    /// The last one first.
    pub(super) failed: Vec<Arc<Record>>,
    /// Failures that came too close together to be kept.
    pub(super) failures_left_out: u64,
    /// The last one first.
    pub(super) sampled: Vec<Arc<Record>>,
}

impl CallRing {
    /// For a server of these services.
    pub(crate) fn new(services: impl IntoIterator<Item = &'static ServiceSpec>, limits: &Limits) -> Self {
        let specs = services.into_iter().flat_map(|service| service.methods.iter());
        let mut slow: Vec<_> =
            specs.map(|spec| ((spec.service_id, spec.method_id), Slowest::default())).collect();
        slow.sort_unstable_by_key(|(ids, _)| *ids);
        Self {
            began: Instant::now(),
            slow,
            failed: Ring::new(limits.admin_calls),
            failures: FailureBudget::default(),
            sampled: Ring::new(limits.admin_calls),
            sample: limits.admin_sample,
        }
    }

    pub(super) fn kept(&self) -> KeptCalls {
        let now = Instant::now();
        let mut slow: Vec<_> = self.slow.iter().flat_map(|(_, slowest)| slowest.records(now)).collect();
        slow.sort_by_key(|record| std::cmp::Reverse(record.latency));
        KeptCalls {
            slow,
            failed: self.failed.records(),
            failures_left_out: self.failures.left_out(),
            sampled: self.sampled.records(),
        }
    }

    fn slowest_of(&self, end: &CallEnd<'_>) -> Option<&Slowest> {
        let ids = (end.call.service_id, end.call.method_id);
        let at = self.slow.binary_search_by_key(&ids, |(ids, _)| *ids).ok()?;
        Some(&self.slow[at].1)
    }
}

impl Monitor for CallRing {
    fn wants_stages(&self) -> bool {
        true
    }

    fn call_ended(&self, end: &CallEnd<'_>) {
        let second = end.stages.ended.saturating_duration_since(self.began).as_secs();
        // A stream is as long as it is wanted.
        let slowest = self.slowest_of(end).filter(|_| end.stream.is_none());
        let slowest = slowest.filter(|slowest| slowest.takes(end.stages.latency(), second));
        let is_failed = end.status.is_some() && self.failures.takes(second);
        let is_sampled = is_sampled(self.sample);
        if slowest.is_none() && !is_failed && !is_sampled {
            return;
        }
        let record = Arc::new(Record::of(end));
        end.when_written({
            let record = Arc::clone(&record);
            move |at| record.note_written(at)
        });
        if let Some(slowest) = slowest {
            slowest.keep(&record, second);
        }
        if is_failed {
            self.failed.keep(&record);
        }
        if is_sampled {
            self.sampled.keep(&record);
        }
    }
}

/// The last so many.
#[derive(Debug)]
struct Ring {
    records: Mutex<VecDeque<Arc<Record>>>,
    max: usize,
}

impl Ring {
    fn new(max: usize) -> Self {
        Self { records: Mutex::default(), max }
    }

    fn keep(&self, record: &Arc<Record>) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = if records.len() >= self.max { records.pop_front() } else { None };
        records.push_back(Arc::clone(record));
        drop(records);
        // Freed without the lock.
        drop(oldest);
    }

    fn records(&self) -> Vec<Arc<Record>> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.iter().rev().cloned().collect()
    }
}
