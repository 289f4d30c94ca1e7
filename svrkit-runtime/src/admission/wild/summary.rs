//! Who asks one thing most often, in memory that does not grow.
//!
//! Space-Saving (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, ICDT 2005) over habits, in
//! [`BUCKETS`] sets of [`WAYS`], so that a sighting costs a look at one of them: a newcomer takes the place of the set's smallest, whose count it may
//! have at most missed. Of each habit one request is kept, the one that makes most of it if any does (Boyer, Moore: MJRTY, 1981), and how often
//! it has certainly come since. What counts is what is certain, so that no memory that is too small blocks anybody.

use std::sync::Arc;

use super::Habit;
use super::sampling::Estimate;
use crate::random::{GAMMA, mix};

/// Sets of habits.
const BUCKETS: usize = 128;

/// Habits in a set.
const WAYS: usize = 8;

/// Who asked what since the last [`Summary::clear`].
#[derive(Debug)]
pub(super) struct Summary {
    buckets: Vec<Vec<Repeated>>,
}

/// A habit, and the request that it may be.
#[derive(Clone, Debug)]
pub(super) struct Repeated {
    pub(super) habit: Habit,
    /// Who that is, for people.
    pub(super) name: Arc<str>,
    /// Calls of it at most: those that were counted, and those that may have been missed.
    calls: u64,
    /// The request that may make most of them.
    request: u64,
    /// By how many it is ahead of all others together.
    votes: u64,
    /// How often it has come.
    same: Estimate,
}

impl Default for Summary {
    fn default() -> Self {
        Self { buckets: (0..BUCKETS).map(|_| Vec::new()).collect() }
    }
}

impl Summary {
    /// Counts a call that stands for `weight` of them, by a request of this hash.
    pub(super) fn note(&mut self, habit: Habit, name: &Arc<str>, request: u64, weight: u32) {
        let bucket = &mut self.buckets[bucket_of(habit)];
        if let Some(known) = bucket.iter_mut().find(|known| known.habit == habit) {
            return known.note(request, weight);
        }
        let newcomer = |missed| Repeated {
            habit,
            name: Arc::clone(name),
            calls: missed + u64::from(weight),
            request,
            votes: weight.into(),
            same: Estimate::of(weight),
        };
        if bucket.len() < WAYS {
            bucket.push(newcomer(0));
        } else if let Some(smallest) = bucket.iter_mut().min_by_key(|known| known.calls) {
            *smallest = newcomer(smallest.calls);
        }
    }

    /// All that is known.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Repeated> {
        self.buckets.iter().flatten()
    }

    pub(super) fn clear(&mut self) {
        self.buckets.iter_mut().for_each(Vec::clear);
    }
}

impl Repeated {
    fn note(&mut self, request: u64, weight: u32) {
        let calls = u64::from(weight);
        self.calls += calls;
        if self.request == request {
            self.votes += calls;
            self.same.add(weight);
        } else if self.votes < calls {
            (self.request, self.votes, self.same) = (request, calls - self.votes, Estimate::of(weight));
        } else {
            self.votes -= calls;
        }
    }

    /// How often one request has certainly come, if it makes more than half of all.
    pub(super) fn same(&self) -> Option<f64> {
        (2 * self.same.calls() > self.calls).then(|| self.same.certain())
    }
}

fn bucket_of(habit: Habit) -> usize {
    let (service_id, method_id) = habit.ids;
    let rest = u64::from(habit.who.user) << 32 ^ u64::from(service_id) << 16 ^ u64::from(method_id);
    (mix(habit.who.caller ^ rest.wrapping_mul(GAMMA)) % BUCKETS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::wild::Who;

    fn habit(caller: u64) -> Habit {
        Habit { who: Who { caller: mix(caller), user: 0 }, ids: (4000, 1) }
    }

    fn same_of(summary: &Summary, habit: Habit) -> Option<f64> {
        summary.iter().find(|known| known.habit == habit).and_then(Repeated::same)
    }

    #[test]
    fn what_makes_more_than_half_is_found_and_nothing_else() {
        let name = Arc::from("a");
        // Requests of one habit, how often the last one of them has certainly come: since it was found to be the one that may make most.
        for (requests, expected) in [
            (&[7, 7, 7][..], Some(3.0)),
            (&[1, 7, 7][..], None),
            (&[1, 7, 7, 7, 7][..], Some(3.0)),
            (&[1, 7, 1, 7][..], None),
            (&[1, 2, 3, 4, 5, 6][..], None),
            (&[1, 2, 7, 7, 7][..], Some(3.0)),
        ] {
            let mut summary = Summary::default();
            requests.iter().for_each(|request| summary.note(habit(1), &name, *request, 1));
            assert_eq!(same_of(&summary, habit(1)), expected, "{requests:?}");
        }
    }

    #[test]
    fn who_repeats_is_kept_among_any_number_of_others() {
        let name = Arc::from("a");
        let mut summary = Summary::default();
        for caller in 0..100_000 {
            summary.note(habit(caller + 1), &name, caller, 1);
            if caller % 10 == 0 {
                summary.note(habit(0), &name, 7, 1);
            }
        }
        assert!(summary.iter().count() <= BUCKETS * WAYS);
        // Until it is ahead of its set it may be taken for new, and what it is said to have missed then speaks for it.
        let same = summary.iter().find(|known| known.habit == habit(0)).unwrap().same.calls();
        assert!((9_000..=10_000).contains(&same), "{same}");
        let others = summary.iter().filter(|known| known.habit != habit(0));
        assert!(
            others.filter_map(Repeated::same).all(|same| same <= 2.0),
            "nobody else has repeated anything"
        );
        summary.clear();
        assert_eq!(summary.iter().count(), 0);
    }
}
