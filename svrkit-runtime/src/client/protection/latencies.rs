//! How long a method's calls usually take, as its callers see it: the time that nineteen of twenty are not above.
//!
//! Answers are counted in a histogram of four buckets a power of two, by a load and a store each, as the budget counts. Now and then the
//! percentile is worked out of it, from which on a call that asks for it pays one load. What is old counts less and less: all counts are halved
//! when there are [`MEMORY`] of them, and for every minute that has passed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::Scale;
use crate::spec::Spec;

/// Of times from 16 µs to 34 s, each bucket at most a quarter wider than it begins.
const SCALE: Scale = Scale { unit_bits: 14, sub_bits: 2, buckets: 4 + 4 * 20 };

/// Fewest answers that say what is usual.
const ANSWERS_MIN: u64 = 100;

/// After so many answers the percentile is worked out again.
const LOOK_EACH: u32 = 64;

/// How many answers are kept in mind.
const MEMORY: u64 = 2048;

/// All counts are halved for each of these.
const FADING: Duration = Duration::from_secs(60);

/// Of how many hundredths of all answers the time is not above the percentile.
const PERCENT: u64 = 95;

/// Methods of one process whose times are kept, in tables of as many each.
const TABLES: usize = 64;
const TABLE: usize = 64;

/// The times of the methods that a client calls. Those of a process beyond 4096 have none.
#[derive(Debug)]
pub(super) struct MethodLatencies {
    born: Instant,
    tables: OnceLock<Box<[OnceLock<Table>]>>,
}

/// By the last digits of the methods' numbers.
type Table = Box<[OnceLock<Box<Latencies>>]>;

/// The times of one method.
#[derive(Debug)]
struct Latencies {
    buckets: [AtomicU32; SCALE.buckets as usize],
    /// Answers since the last look.
    new: AtomicU32,
    /// When counts were halved last for their age, in nanoseconds since they are kept.
    faded: AtomicU64,
    /// In nanoseconds; 0: nothing is usual.
    percentile: AtomicU64,
}

impl MethodLatencies {
    pub(super) fn new(now: Instant) -> Self {
        Self { born: now, tables: OnceLock::new() }
    }

    /// The time that nineteen of twenty calls are not above; `None`: that is not known.
    #[inline]
    pub(super) fn usual(&self, spec: &'static Spec) -> Option<Duration> {
        let (table, index) = place(spec)?;
        let latencies = self.tables.get()?.get(table)?.get()?.get(index)?.get()?;
        match latencies.percentile.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    /// A call was answered at `now`, after so long.
    #[inline]
    pub(super) fn note(&self, spec: &'static Spec, took: Duration, now: Instant) {
        let Some((table, index)) = place(spec) else { return };
        let tables = self.tables.get_or_init(|| (0..TABLES).map(|_| OnceLock::new()).collect());
        let table = tables[table].get_or_init(|| (0..TABLE).map(|_| OnceLock::new()).collect());
        table[index].get_or_init(Box::default).note(took, now.saturating_duration_since(self.born));
    }
}

fn place(spec: &'static Spec) -> Option<(usize, usize)> {
    let number = spec.number() as usize;
    (number < TABLES * TABLE).then_some((number / TABLE, number % TABLE))
}

impl Latencies {
    #[inline]
    fn note(&self, took: Duration, now: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        add(&self.buckets[SCALE.bucket_of(nanos)]);
        if add(&self.new) >= LOOK_EACH {
            self.look(now);
        }
    }

    #[cold]
    fn look(&self, now: Duration) {
        self.new.store(0, Ordering::Relaxed);
        self.fade(now);
        let counts = self.buckets.each_ref().map(|bucket| u64::from(bucket.load(Ordering::Relaxed)));
        let all: u64 = counts.iter().sum();
        if all < ANSWERS_MIN {
            return self.percentile.store(0, Ordering::Relaxed);
        }
        let rank = (all * PERCENT).div_ceil(100);
        let mut below = 0;
        let reaches = |count: &u64| {
            below += count;
            below >= rank
        };
        let bucket = counts.iter().position(reaches).unwrap_or(counts.len() - 1);
        self.percentile.store(*SCALE.values_of(bucket).end(), Ordering::Relaxed);
        if all >= MEMORY {
            self.halve(1);
        }
    }

    fn fade(&self, now: Duration) {
        let faded = Duration::from_nanos(self.faded.load(Ordering::Relaxed));
        let times = now.saturating_sub(faded).as_nanos() / FADING.as_nanos();
        if times > 0 {
            self.faded.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
            self.halve(u32::try_from(times).unwrap_or(u32::MAX));
        }
    }

    fn halve(&self, times: u32) {
        for bucket in &self.buckets {
            bucket.store(
                bucket.load(Ordering::Relaxed).checked_shr(times).unwrap_or_default(),
                Ordering::Relaxed,
            );
        }
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            buckets: [const { AtomicU32::new(0) }; SCALE.buckets as usize],
            new: AtomicU32::new(0),
            faded: AtomicU64::new(0),
            percentile: AtomicU64::new(0),
        }
    }
}

/// By a load and a store: where threads count at one instant some are lost, of all values alike.
#[inline]
fn add(count: &AtomicU32) -> u32 {
    let next = count.load(Ordering::Relaxed).saturating_add(1);
    count.store(next, Ordering::Relaxed);
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    static READ: Spec = Spec::new("test.Test", 4000, "Read", 1);
    static OTHER: Spec = Spec::new("test.Test", 4000, "Other", 2);

    const MS: Duration = Duration::from_millis(1);

    /// So many calls, a twentieth of which take `slow` and the others `fast`, `gap` apart; what is usual then, in milliseconds.
    fn learned(
        latencies: &MethodLatencies,
        calls: u32,
        times: (u32, u32),
        from: Duration,
        gap: Duration,
    ) -> Option<u128> {
        let (fast, slow) = times;
        for number in 0..calls {
            let took = if number % 20 == 19 { slow } else { fast };
            latencies.note(&READ, MS * took, latencies.born + from + gap * number);
        }
        latencies.usual(&READ).map(|usual| usual.as_millis())
    }

    fn new() -> MethodLatencies {
        MethodLatencies::new(Instant::now())
    }

    #[track_caller]
    fn check_near(found: Option<u128>, expected: u128) {
        let found = found.expect("it is known");
        assert!((expected..=expected * 5 / 4).contains(&found), "{found} ms for {expected}");
    }

    #[test]
    fn nothing_is_usual_after_few_answers() {
        assert_eq!(learned(&new(), 127, (2, 300), Duration::ZERO, MS), None, "looked at after 64 and 128");
        check_near(learned(&new(), 128, (2, 300), Duration::ZERO, MS), 2);
        assert_eq!(new().usual(&READ), None);
    }

    #[test]
    fn what_a_twentieth_takes_is_not_usual_and_what_more_take_is() {
        check_near(learned(&new(), 2000, (10, 300), Duration::ZERO, MS), 10);
        let latencies = new();
        for number in 0..2000 {
            latencies.note(&READ, if number % 15 == 14 { MS * 300 } else { MS * 10 }, latencies.born);
        }
        check_near(latencies.usual(&READ).map(|usual| usual.as_millis()), 300);
        assert_eq!(latencies.usual(&OTHER), None, "each method has its own");
    }

    #[test]
    fn what_has_changed_is_learned_by_as_many_answers_as_are_kept_in_mind() {
        let latencies = new();
        learned(&latencies, 10_000, (2, 2), Duration::ZERO, Duration::ZERO);
        check_near(learned(&latencies, 128, (50, 50), Duration::ZERO, Duration::ZERO), 50);
        check_near(learned(&latencies, 30_000, (2, 2), Duration::ZERO, Duration::ZERO), 2);
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let latencies = new();
        check_near(learned(&latencies, 1000, (2, 2), Duration::ZERO, MS), 2);
        // An hour later the old thousand count for nothing, and the new ones are too few.
        assert_eq!(learned(&latencies, 64, (50, 50), FADING * 60, MS), None);
        // One in two minutes is never enough.
        assert_eq!(learned(&latencies, 1000, (50, 50), FADING * 90, FADING * 2), None);
    }

    #[test]
    fn any_time_has_a_bucket() {
        let latencies = new();
        for number in 0..256 {
            let took = [Duration::ZERO, Duration::MAX][number % 2];
            latencies.note(&READ, took, latencies.born);
        }
        assert!(latencies.usual(&READ).is_some_and(|usual| usual > Duration::from_secs(30)));
    }
}
