//! Whether a failed attempt is followed by another one, and when. Pure: what has failed, how often, and what time it is are handed in.
//!
//! An attempt is repeated where it surely had no effect, or where the schema says that twice is as good as once (`idempotent`); never after
//! a status that says "never", never where more than half of the time left would be waited for, at most `retry.attempts` times, and only out of the budget (`budget.rs`).

use std::time::Duration;

use tokio::time::Instant;

use crate::client::backoff::Backoff;
use crate::limits::Limits;
use crate::status::{Code, Layer, Retry, Status};

/// An attempt that has failed.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct FailedAttempt<'a> {
    pub(in crate::client) status: &'a Status,
    /// Which it was, from 1 on.
    pub(in crate::client) number: u32,
    pub(in crate::client) is_idempotent: bool,
    /// Whether there is another endpoint to go to.
    pub(in crate::client) has_others: bool,
    pub(in crate::client) deadline: Instant,
}

/// What follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: doing it again would not help, or might do it twice.
    End,
    /// Nothing: it was tried as often as it may be.
    Spent,
    /// Nothing: too little time would be left for it.
    TooLate,
    /// Another attempt after this time, if the budget has one.
    Again(Duration),
}

/// What follows an attempt that has failed at `now`. `part_of` throws the dice.
pub(super) fn next(
    failed: FailedAttempt<'_>,
    limits: &Limits,
    now: Instant,
    part_of: impl FnOnce(Duration) -> Duration,
) -> Next {
    if !may_be_repeated(failed.status, failed.is_idempotent, failed.has_others) {
        return Next::End;
    }
    if failed.number >= limits.retry_attempts {
        return Next::Spent;
    }
    let backoff = Backoff { min: limits.retry_backoff_min, max: limits.retry_backoff_max };
    let wait = match failed.status.facts().retry {
        // Who is elsewhere is not the one who has refused.
        Retry::Elsewhere | Retry::ElsewhereOrAfter(_) if failed.has_others && failed.number == 1 => {
            Duration::ZERO
        }
        // What is named is the least, or all who were told the same would come back at once.
        Retry::ElsewhereOrAfter(least) if !failed.has_others => {
            least.saturating_add(part_of(backoff.ceiling(failed.number)))
        }
        Retry::After(least) => least.saturating_add(part_of(backoff.ceiling(failed.number))),
        _ => part_of(backoff.ceiling(failed.number)),
    };
    // Who waits for longer than it has left then would come to a server under load with a call that is late already.
    let left = failed.deadline.saturating_duration_since(now);
    if wait < left / 2 { Next::Again(wait) } else { Next::TooLate }
}

/// Whether doing it again may help, and does it no second time where that would matter.
pub(super) fn may_be_repeated(status: &Status, is_idempotent: bool, has_others: bool) -> bool {
    let facts = status.facts();
    match facts.retry {
        Retry::Never => false,
        // A server that does not serve it now may do so later; one that does not know the service will not.
        Retry::Elsewhere | Retry::ElsewhereOrAfter(_) => has_others || facts.layer == Layer::Admission,
        // A refusal before the handler; a handler that says so has done something by then.
        Retry::After(_) => is_idempotent || facts.layer == Layer::Admission,
        Retry::Unknown => is_idempotent && status.code() == Code::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn refused(retry: Retry) -> Status {
        Status::resource_exhausted("full").layer(Layer::Admission).retry(retry)
    }

    /// The first attempt has failed by `status`, a second before the deadline: what follows, where the dice always show the most.
    #[track_caller]
    fn check(status: &Status, is_idempotent: bool, has_others: bool, expected: Next) {
        let now = Instant::now();
        let failed =
            FailedAttempt { status, number: 1, is_idempotent, has_others, deadline: now + 1000 * MS };
        assert_eq!(next(failed, &Limits::default(), now, |most| most), expected, "{status}");
    }

    #[test]
    fn only_what_had_no_effect_or_may_have_it_twice_is_repeated() {
        let lost = Status::unavailable("lost").layer(Layer::Transport);
        let most = Limits::default().retry_backoff_min;
        check(&lost, true, true, Next::Again(most));
        check(&lost, false, true, Next::End);
        check(&refused(Retry::Elsewhere), false, true, Next::Again(Duration::ZERO));
        check(&refused(Retry::Elsewhere), false, false, Next::Again(most));
        let busy = refused(Retry::ElsewhereOrAfter(20 * MS));
        check(&busy, false, true, Next::Again(Duration::ZERO));
        check(&busy, false, false, Next::Again(20 * MS + most));
        let strange = Status::unimplemented("no such service").layer(Layer::Dispatch).retry(Retry::Elsewhere);
        check(&strange, true, true, Next::Again(Duration::ZERO));
        check(&strange, true, false, Next::End);
        check(&refused(Retry::After(20 * MS)), false, true, Next::Again(20 * MS + most));
        let by_handler = Status::unavailable("not now").retry(Retry::After(20 * MS));
        check(&by_handler, false, true, Next::End);
        check(&by_handler, true, true, Next::Again(20 * MS + most));
        for status in [Status::not_found("7"), Status::internal("broken"), Status::deadline_exceeded("late")]
        {
            check(&status, true, true, Next::End);
        }
    }

    #[test]
    fn never_is_never() {
        check(&refused(Retry::Never), true, true, Next::End);
        check(&Status::unavailable("gone for good").retry(Retry::Never), true, true, Next::End);
    }

    #[test]
    fn nothing_is_repeated_where_most_of_the_time_left_would_be_waited_for() {
        let most = Limits::default().retry_backoff_min;
        check(&refused(Retry::After(499 * MS - most)), true, true, Next::Again(499 * MS));
        check(&refused(Retry::After(500 * MS - most)), true, true, Next::TooLate);
        check(&refused(Retry::After(999 * MS)), true, true, Next::TooLate);
        check(&refused(Retry::After(Duration::MAX)), true, true, Next::TooLate);
    }

    #[test]
    fn waits_double_and_end_with_the_attempts() {
        let (now, status) = (Instant::now(), Status::unavailable("lost"));
        let limits = Limits { retry_attempts: 5, ..Limits::default() };
        let follows = |number| {
            let failed = FailedAttempt {
                status: &status,
                number,
                is_idempotent: true,
                has_others: true,
                deadline: now + 10_000 * MS,
            };
            next(failed, &limits, now, |most| most)
        };
        let min = limits.retry_backoff_min;
        assert_eq!([1, 2, 3, 4].map(follows), [1, 2, 4, 8].map(|times| Next::Again(min * times)));
        assert_eq!([5, 6, u32::MAX].map(follows), [Next::Spent; 3]);
    }

    proptest! {
        #[test]
        fn another_attempt_always_has_half_of_the_time_left(
            after in 0..5000_u64, left in 0..5000_u64, number in 1..9_u32, part in 0.0..=1.0_f64,
        ) {
            let (now, status) = (Instant::now(), refused(Retry::After(MS * after as u32)));
            let deadline = now + MS * left as u32;
            let failed = FailedAttempt { status: &status, number, is_idempotent: true, has_others: true, deadline };
            let limits = Limits { retry_attempts: 8, ..Limits::default() };
            match next(failed, &limits, now, |most| most.mul_f64(part)) {
                Next::Again(wait) => {
                    prop_assert!(now + 2 * wait < deadline && wait >= MS * after as u32 && number < 8);
                }
                Next::Spent => prop_assert_eq!(number, 8),
                Next::TooLate => prop_assert!(left <= 2 * (after + 8 * 1000)),
                Next::End => prop_assert!(false, "it may be repeated"),
            }
        }
    }
}
