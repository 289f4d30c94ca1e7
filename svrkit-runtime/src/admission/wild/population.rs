//! What others do: how many callers there are, and how often they call.
//!
//! A sample of them of at most [`SAMPLE`], those of the smallest hashes: each is as likely in it as any other, and has been counted since it was
//! first seen (Bar-Yossef et al.: Counting Distinct Elements in a Data Stream, RANDOM 2002). Of each the busiest window counts, of this
//! [`EPOCH`] or the last, so that whoever calls seldom is known and a rush of all of them changes the norm with the window it comes in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::Who;
use crate::random::{GAMMA, mix};

/// How many are known, at most.
const SAMPLE: usize = 256;

/// For so long, and as long again, what was seen is remembered.
const EPOCH: Duration = Duration::from_secs(10);

/// The norm is what this share of the others stays below.
const MOST: f64 = 0.9;

/// Who calls, and how often.
#[derive(Debug)]
pub(super) struct Population {
    began: Instant,
    epochs: [Epoch; 2],
}

#[derive(Debug, Default)]
struct Epoch {
    /// By their hashes.
    members: BTreeMap<u64, Member>,
    callers: BTreeSet<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    who: Who,
    /// Calls of this window.
    calls: u64,
    /// Calls a second of the busiest one.
    peak: f64,
}

/// What each is held to: the peaks of the sample, sorted.
#[derive(Debug)]
pub(super) struct Norm(Vec<Vec<(f64, Who)>>);

impl Population {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, epochs: Default::default() }
    }

    /// Counts so many calls.
    pub(super) fn note(&mut self, who: Who, calls: u32) {
        let [epoch, _] = &mut self.epochs;
        keep_smallest(&mut epoch.callers, who.caller);
        let hash = mix(who.caller ^ u64::from(who.user).wrapping_mul(GAMMA));
        if let Some(member) = epoch.members.get_mut(&hash) {
            member.calls += u64::from(calls);
            return;
        }
        let is_full = epoch.members.len() >= SAMPLE;
        if is_full && epoch.members.last_key_value().is_some_and(|(last, _)| *last < hash) {
            return;
        }
        if is_full {
            epoch.members.pop_last();
        }
        epoch.members.insert(hash, Member { who, calls: calls.into(), peak: 0.0 });
    }

    /// A window of so long has ended.
    pub(super) fn end_window(&mut self, now: Instant, time: Duration) -> Norm {
        let [epoch, _] = &mut self.epochs;
        for member in epoch.members.values_mut() {
            let rate = std::mem::take(&mut member.calls) as f64 / time.as_secs_f64().max(1e-9);
            member.peak = member.peak.max(rate);
        }
        let norm = Norm(self.epochs.iter().map(Epoch::peaks).collect());
        if now.saturating_duration_since(self.began) >= EPOCH {
            self.began = now;
            self.epochs.swap(0, 1);
            self.epochs[0] = Epoch::default();
        }
        norm
    }

    /// How many callers there are; of more than [`SAMPLE`], so many.
    pub(super) fn callers(&self) -> usize {
        self.epochs.iter().map(|epoch| epoch.callers.len()).max().unwrap_or_default()
    }
}

impl Epoch {
    fn peaks(&self) -> Vec<(f64, Who)> {
        let mut peaks: Vec<_> = self.members.values().map(|member| (member.peak, member.who)).collect();
        peaks.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        peaks
    }
}

impl Norm {
    /// How many calls a second most others make at most.
    pub(super) fn of_others(&self, who: Who) -> f64 {
        let of_epoch = |peaks: &Vec<(f64, Who)>| {
            let own = peaks.iter().position(|(_, other)| *other == who);
            let others = peaks.len() - usize::from(own.is_some());
            let rank = (others as f64 * MOST).ceil() as usize;
            let at = rank.checked_sub(1)?;
            let at = if own.is_some_and(|own| own <= at) { at + 1 } else { at };
            peaks.get(at).map(|(peak, _)| *peak)
        };
        self.0.iter().filter_map(of_epoch).fold(0.0, f64::max)
    }
}

fn keep_smallest(hashes: &mut BTreeSet<u64>, hash: u64) {
    if hashes.len() < SAMPLE || hashes.last().is_some_and(|last| hash < *last) {
        hashes.insert(hash);
    }
    if hashes.len() > SAMPLE {
        hashes.pop_last();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn who(caller: u64) -> Who {
        Who { caller: mix(caller), user: 0 }
    }

    #[test]
    fn the_norm_is_what_nine_of_ten_others_stay_below() {
        let now = Instant::now();
        let mut population = Population::new(now);
        (1..=10).for_each(|caller| population.note(who(caller), caller as u32 * 10));
        population.note(who(99), 10_000);
        let norm = population.end_window(now + SECOND, SECOND);
        assert_eq!((norm.of_others(who(99)), population.callers()), (90.0, 11));
        // Who is among the others is held to those without it.
        assert_eq!((norm.of_others(who(1)), norm.of_others(who(10))), (100.0, 90.0));
    }

    #[test]
    fn a_busy_second_is_remembered_for_an_epoch_and_no_more_than_two() {
        let now = Instant::now();
        let mut population = Population::new(now);
        let mut norms = Vec::new();
        for second in 1..=30 {
            (1..=20).for_each(|caller| population.note(who(caller), if second == 3 { 500 } else { 1 }));
            norms.push(population.end_window(now + SECOND * second, SECOND).of_others(who(1)));
        }
        assert_eq!(norms[1], 1.0);
        assert!(norms[2..=12].iter().all(|norm| *norm == 500.0), "{norms:?}");
        assert!(norms[20..].iter().all(|norm| *norm == 1.0), "{norms:?}");
    }

    #[test]
    fn any_number_of_callers_is_known_by_a_sample_of_which_each_is_as_likely() {
        let now = Instant::now();
        let mut population = Population::new(now);
        // A tenth and a hundredth of them call more often: neither part is over nor under in the sample.
        for caller in 0..100_000 {
            population.note(who(caller), if caller % 5 == 0 { 70 } else { 3 });
        }
        assert_eq!((population.callers(), population.epochs[0].members.len()), (SAMPLE, SAMPLE));
        let busy = population.epochs[0].members.values().filter(|member| member.calls == 70).count();
        assert!((30..75).contains(&busy), "{busy} of {SAMPLE}, of which a fifth are to be expected");
        assert_eq!(population.end_window(now + SECOND, SECOND).of_others(who(0)), 70.0);
    }

    #[test]
    fn without_others_there_is_no_norm() {
        let now = Instant::now();
        let mut population = Population::new(now);
        population.note(who(1), 5);
        let norm = population.end_window(now + SECOND, SECOND);
        assert_eq!((norm.of_others(who(1)), norm.of_others(who(2))), (0.0, 5.0));
    }
}
