//! Calls that were refused before their handler, as lines: one in [`REST`] for each cause, which says how many there were beside it.
//!
//! To refuse is what protects a server under load, so that it must cost little here: an atomic addition each, and no look at the clock where the call was
//! refused as it arrived.
//! *Absent:* what a request carries; the other figures, which are `svrkit_calls_refused_total` and `/calls`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{Event, line};
use crate::spec::Spec;
use crate::status::{Cause, Code, Layer, Status, StatusFacts};

/// Between two lines of one cause.
const REST: Duration = Duration::from_secs(10);

/// Causes have numbers below this, but for the unknown one.
const CAUSES_MAX: usize = 16;
const CODES_MAX: usize = 17;

static QUOTAS: [Quota; CAUSES_MAX + CODES_MAX] = [const { Quota::new() }; CAUSES_MAX + CODES_MAX];

/// Says that a call of `method`, where that is known, was refused with `status`, if it was, and if it is time to say so.
pub(crate) fn refused(status: &Status, method: Option<&Spec>, now: impl FnOnce() -> Instant) {
    let facts = status.facts();
    if !is_refusal(status.code(), &facts) {
        return;
    }
    let Some(quota) = QUOTAS.get(kind(status.code(), facts.cause)) else { return };
    let Some(others) = quota.take(ms(now())) else { return };
    let method = method.map_or_else(|| "a call".into(), ToString::to_string);
    let (code, cause, others) = (status.code().as_str(), facts.cause.as_str(), others.to_string());
    let fields = [("method", &*method), ("code", code), ("cause", cause), ("others", &*others)];
    // What a request is at fault in may be told by what it carries.
    let why =
        if facts.layer == Layer::Codec { "the request is not as it should be" } else { status.message() };
    let words =
        format_args!("refused {method}: {code}, {why}; and {others} others so since the last such line");
    line(Event::CallRefused, &fields, words);
}

/// Says that a stranger's word was not taken for how important its call of `method` is, if it is time to say so.
#[cold]
pub(crate) fn claim_not_taken(method: Option<&Spec>, claimed: u8, taken: u8) {
    static QUOTA: Quota = Quota::new();
    let Some(others) = QUOTA.take(ms(Instant::now())) else { return };
    let method = method.map_or_else(|| "an unknown method".into(), ToString::to_string);
    let (claimed, taken, others) = (claimed.to_string(), taken.to_string(), others.to_string());
    let fields = [("method", &*method), ("claimed", &*claimed), ("taken", &*taken), ("others", &*others)];
    let words = format_args!(
        "a call of {method} claimed the class {claimed} and was taken as of class {taken}: its caller has not proved who it is. Where all callers are \
         known, set server.trust = \"inherit\"; and {others} others so since the last such line"
    );
    line(Event::ClaimNotTaken, &fields, words);
}

/// Whether no handler has seen the call: others fail in the same layers, on the way back.
fn is_refusal(code: Code, facts: &StatusFacts<'_>) -> bool {
    match facts.layer {
        Layer::Admission | Layer::Dispatch => true,
        Layer::Codec => code == Code::InvalidArgument,
        _ => false,
    }
}

/// What lines are counted by: the cause, where there is one, else the code.
fn kind(code: Code, cause: Cause) -> usize {
    match cause {
        Cause::None => CAUSES_MAX + usize::from(code.number()),
        cause => usize::from(cause.number()).min(CAUSES_MAX - 1),
    }
}

fn ms(now: Instant) -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let since = now.saturating_duration_since(*BEGAN.get_or_init(|| now));
    since.as_secs().saturating_mul(1000).saturating_add(since.subsec_millis().into())
}

/// When a line of one cause may be said again, and how many there were meanwhile.
struct Quota {
    next_ms: AtomicU64,
    others: AtomicU64,
}

impl Quota {
    const fn new() -> Self {
        Self { next_ms: AtomicU64::new(0), others: AtomicU64::new(0) }
    }

    /// Whether a line may be said at this time, and how many could not be before it. Of several who ask at once one may.
    fn take(&self, now_ms: u64) -> Option<u64> {
        let next = self.next_ms.load(Ordering::Relaxed);
        let rest = u64::try_from(REST.as_millis()).unwrap_or(u64::MAX);
        let then = now_ms.saturating_add(rest);
        let is_time = now_ms >= next
            && self.next_ms.compare_exchange(next, then, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if !is_time {
            self.others.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(self.others.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::catalogue::{admitting, handling};

    #[test]
    fn a_cause_has_a_line_in_so_long_and_the_next_one_says_how_many_there_were() {
        let quota = Quota::new();
        assert_eq!(quota.take(7), Some(0));
        for _ in 0..1000 {
            assert_eq!(quota.take(7), None);
        }
        assert_eq!(quota.take(10_006), None);
        assert_eq!(quota.take(10_007), Some(1001));
        assert_eq!(quota.take(30_000), Some(0));
    }

    #[test]
    fn every_cause_and_every_code_has_a_quota_of_its_own() {
        let mut kinds = std::collections::BTreeSet::new();
        for number in 1..=9 {
            assert!(kinds.insert(kind(Code::Ok, Cause::from_number(number))));
        }
        for number in 0..=16 {
            assert!(kinds.insert(kind(Code::from_number(number), Cause::None)));
        }
        assert!(kinds.insert(kind(Code::Ok, Cause::Unknown)));
        assert!(kinds.iter().all(|kind| *kind < QUOTAS.len()));
    }

    #[test]
    fn only_what_no_handler_has_seen_was_refused() {
        let is_refusal = |status: &Status| is_refusal(status.code(), &status.facts());
        for status in [
            admitting::draining(),
            admitting::late_in_turn(),
            admitting::token_unknown(),
            admitting::service_unknown(7, "nothing"),
            admitting::constraints_broken("count: 9 is above 3"),
        ] {
            assert!(is_refusal(&status), "{status}");
        }
        for status in
            [handling::handler_panicked(), handling::response_over_limit(9, 3), Status::not_found("no")]
        {
            assert!(!is_refusal(&status), "{status}");
        }
    }
}
