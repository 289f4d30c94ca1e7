//! How many calls a client may make beyond one for each request: retries, and second copies.
//!
//! Attempts ≤ (1 + share) × requests + floor a second, by a bucket of tokens in the manner of Finagle's `RetryBudget`: each request puts a
//! share of a token in, each second `floor` whole ones, each further attempt takes one out. It holds what ten seconds of requests and one
//! second of the floor have put in, so that a quiet hour buys no storm. Without a budget a short burst can keep a service down for ever:
//! what fails is tried again, and that is why it fails (Bronson et al.: Metastable Failures in Distributed Systems, HotOS 2021).
//!
//! [`Budget`] is the rule, pure; [`SharedBudget`] is what the requests of a client share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::Limits;

/// How long requests speak for later attempts.
const MEMORY: Duration = Duration::from_secs(10);

/// One attempt.
const ATTEMPT: f64 = 100.0;

/// What there is of further attempts.
#[derive(Clone, Copy, Debug)]
struct Budget {
    /// Hundredths of an attempt for each request.
    share: f64,
    /// Hundredths of an attempt a second beyond that.
    floor: f64,
    /// In hundredths: as long as nothing fades they are whole numbers, and a tenth of ten requests is one attempt.
    tokens: f64,
    /// Requests of the last [`MEMORY`], older ones counted less and less.
    recent: f64,
    /// When it was looked at last, and how many requests there had been.
    at: Instant,
    requests: u64,
}

impl Budget {
    fn new(limits: &Limits, now: Instant) -> Self {
        let (share, floor) = (f64::from(limits.retry_share), f64::from(limits.retry_floor) * ATTEMPT);
        Self { share, floor, tokens: floor, recent: 0.0, at: now, requests: 0 }
    }

    /// Takes one further attempt out, where there is one. `requests` were begun until `now`.
    fn take(&mut self, now: Instant, requests: u64) -> bool {
        self.fill(now, requests);
        let is_left = self.tokens >= ATTEMPT;
        if is_left {
            self.tokens -= ATTEMPT;
        }
        is_left
    }

    /// How many further attempts there are.
    fn left(mut self, now: Instant, requests: u64) -> u64 {
        self.fill(now, requests);
        (self.tokens / ATTEMPT) as u64
    }

    fn fill(&mut self, now: Instant, requests: u64) {
        let (passed, new) = (now.saturating_duration_since(self.at), requests.saturating_sub(self.requests));
        (self.at, self.requests) = (self.at.max(now), self.requests.max(requests));
        let (passed, new) = (passed.as_secs_f64(), new as f64);
        // Nobody has looked since: as if the new ones had come evenly.
        let age = passed / MEMORY.as_secs_f64();
        let kept = if age == 0.0 { 1.0 } else { (1.0 - (-age).exp()) / age };
        self.recent = self.recent * (-age).exp() + new * kept;
        // Who calls seldom may save for one all the same.
        let most = (self.floor + self.share * self.recent).max(ATTEMPT);
        self.tokens = (self.tokens + self.share * new + self.floor * passed).min(most);
    }
}

/// The budget of a client, for all its requests.
#[derive(Debug)]
pub(super) struct SharedBudget {
    /// Counted by a load and a store, which costs a request next to nothing: where two threads count at one instant, one of the two may be lost,
    /// and the budget is the smaller for it.
    requests: AtomicU64,
    budget: Mutex<Budget>,
}

impl SharedBudget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { requests: AtomicU64::new(0), budget: Mutex::new(Budget::new(limits, Instant::now())) }
    }

    /// A request begins.
    #[inline]
    pub(super) fn note_request(&self) {
        self.requests.store(self.requests.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// Takes a further attempt out, where there is one.
    pub(super) fn take(&self, now: Instant) -> bool {
        self.lock().take(now, self.requests.load(Ordering::Relaxed))
    }

    /// How many there are.
    pub(super) fn left(&self, now: Instant) -> u64 {
        let budget = *self.lock();
        budget.left(now, self.requests.load(Ordering::Relaxed))
    }

    /// Changed by plain assignments, none of which panics: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(share: u32, floor: u32) -> Limits {
        Limits { retry_share: share, retry_floor: floor, ..Limits::default() }
    }

    /// How many of a thousand attempts at one instant there are tokens for.
    fn taken(budget: &mut Budget, now: Instant, requests: u64) -> usize {
        let left = budget.left(now, requests);
        let taken = (0..1000).filter(|_| budget.take(now, requests)).count();
        assert_eq!(taken as u64, left.min(1000), "what is seen is what there is");
        taken
    }

    #[test]
    fn a_tenth_of_the_requests_and_ten_a_second_may_be_repeated() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let mut budget = Budget::new(&Limits::default(), began);
        // When it is, requests until then, how many may be repeated.
        for (ms, requests, expected) in
            [(0, 0, 10), (0, 100, 10), (100, 100, 1), (1100, 100, 10), (1100, 1100, 100), (1200, 1101, 1)]
        {
            assert_eq!(taken(&mut budget, at(ms), requests), expected, "at {ms} ms, {requests} requests");
        }
    }

    #[test]
    fn a_quiet_hour_buys_no_storm() {
        let began = Instant::now();
        let mut budget = Budget::new(&Limits::default(), began);
        let later = began + Duration::from_secs(3600);
        // 3,600,000 requests in an hour: of the last ten seconds' 10,000 a tenth, and one second's floor.
        assert_eq!(taken(&mut budget, later, 3_600_000), 1000);
        assert_eq!(taken(&mut budget, later, 3_600_000), 10, "1,010 in all");
        let mut quiet = Budget::new(&Limits::default(), began);
        assert_eq!(taken(&mut quiet, later, 0), 10);
    }

    #[test]
    fn none_is_none() {
        let began = Instant::now();
        let mut budget = Budget::new(&limits(0, 0), began);
        assert_eq!(taken(&mut budget, began + Duration::from_secs(1000), 1_000_000), 0);
    }

    #[test]
    fn a_clock_that_steps_back_and_counts_that_wrap_are_survived() {
        let began = Instant::now();
        let mut budget = Budget::new(&Limits::default(), began + Duration::from_secs(5));
        assert_eq!(taken(&mut budget, began, 50), 15);
        assert!(!budget.take(began, 0), "nothing was put in");
        assert_eq!(taken(&mut budget, began, u64::MAX), 1000);
    }

    proptest! {
        /// Whatever comes when: from the beginning on, and in any stretch of it.
        #[test]
        fn attempts_stay_within_the_budget(
            share in 0..=100_u32,
            floor in 0..=100_u32,
            steps in prop::collection::vec((0..3000_u64, 0..500_u64, 0..200_usize), 1..60),
        ) {
            let began = Instant::now();
            let mut budget = Budget::new(&limits(share, floor), began);
            let (mut now, mut requests, mut history) = (began, 0, Vec::new());
            for (ms, new, wanted) in steps {
                now += Duration::from_millis(ms);
                requests += new;
                let taken = (0..wanted).filter(|_| budget.take(now, requests)).count();
                history.push((now, requests, taken));
            }
            let share = f64::from(share) / 100.0;
            for from in 0..history.len() {
                let taken: usize = history[from..].iter().map(|(.., taken)| taken).sum();
                // What came within the memory before it, and since: no more than everything.
                let seconds = (now - history[from].0).as_secs_f64();
                let most = share * requests as f64 + f64::from(floor) * (seconds + 1.0);
                prop_assert!(taken as f64 <= most + 1e-6, "{taken} attempts from {from} on, at most {most}");
            }
        }
    }
}
