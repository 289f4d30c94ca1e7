//! What has become of calls so far, by the second in which they were due.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::fleet::Tier;
use crate::report::model::{Ask, Outcome, Reading, Second};

/// More seconds than any night has: a clock that jumps makes no memory go.
const SECONDS_MAX: usize = 3_600;

/// Told by all calls, and read while they go on.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Vec<Second>>);

/// One call that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) ask: Ask,
    /// Since the beginning of the night.
    pub(crate) due: Duration,
    /// How much later it was made.
    pub(crate) late: Duration,
    /// From when it was due until its end.
    pub(crate) took: Duration,
    pub(crate) outcome: Outcome,
}

impl Tally {
    pub(crate) fn add(&self, ended: Ended) {
        let mut seconds = self.seconds();
        let Some(second) = second_of(&mut seconds, ended.due.as_secs()) else { return };
        second.made_late.add(ended.late);
        let calls = second.calls.entry(ended.ask).or_default();
        *calls.outcomes.entry(ended.outcome).or_default() += 1;
        // Who is refused at once has not waited.
        if !matches!(ended.outcome, Outcome::Refused | Outcome::Kept) {
            calls.took.add(ended.took);
        }
    }

    pub(crate) fn note(&self, at: u64, service: Tier, reading: Reading) {
        if let Some(second) = second_of(&mut self.seconds(), at) {
            second.services.insert(service, reading);
        }
    }

    /// What is known of a second by now.
    pub(crate) fn second(&self, at: u64) -> Second {
        let seconds = self.seconds();
        usize::try_from(at).ok().and_then(|at| seconds.get(at)).cloned().unwrap_or_default()
    }

    /// All of it.
    pub(crate) fn take(&self) -> Vec<Second> {
        std::mem::take(&mut self.seconds())
    }

    fn seconds(&self) -> MutexGuard<'_, Vec<Second>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn second_of(seconds: &mut Vec<Second>, at: u64) -> Option<&mut Second> {
    let at = usize::try_from(at).ok().filter(|at| *at < SECONDS_MAX)?;
    if seconds.len() <= at {
        seconds.resize_with(at + 1, Second::default);
    }
    seconds.get_mut(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_belong_to_the_second_they_were_due_in() {
        let tally = Tally::default();
        let ended = |due, took, outcome| Ended {
            ask: Ask::Open,
            due: Duration::from_millis(due),
            late: Duration::from_millis(1),
            took: Duration::from_millis(took),
            outcome,
        };
        tally.add(ended(2_900, 500, Outcome::Late));
        tally.add(ended(2_100, 8, Outcome::Answered));
        tally.add(ended(2_200, 90, Outcome::Refused));
        tally.add(ended(u64::MAX, 1, Outcome::Answered));
        tally.note(1, Tier::Packet, Reading { jobs: 7, ..Reading::default() });
        assert_eq!(tally.second(9), Second::default());
        let seconds = tally.take();
        let [_, second, third] = seconds.as_slice() else { panic!("{seconds:?}") };
        assert_eq!((second.jobs(), third.made(Ask::Open), third.of(Ask::Open, Outcome::Late)), (7, 3, 1));
        let took = &third.calls[&Ask::Open].took;
        assert!(took.ms(500).unwrap() < 9.0 && took.ms(1_000).unwrap() > 490.0, "{took:?}");
        assert!(tally.take().is_empty());
    }
}
