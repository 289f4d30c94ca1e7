//! How long a method usually takes here, so that a call with less time than that is not begun in vain.
//!
//! Handlers that have ended say how long they took, those that were stopped before, by their caller or its deadline, that they would have taken longer:
//! the share of them that takes longer than any time follows by the product-limit estimator (Kaplan and Meier, "Nonparametric Estimation from Incomplete
//! Observations", 1958). Without it impatient callers would make a slow method look as fast as they are impatient. The usual time is what
//! [`USUAL`] of the calls take at least; what was seen is forgotten by halves.

use std::time::Duration;

use tokio::time::Instant;

/// This share of calls takes the usual time or longer.
const USUAL: f64 = 0.95;

/// Half of what was seen is forgotten in so long.
const HALF_LIFE: Duration = Duration::from_secs(10);

/// With so many seen it is known what is usual.
const SEEN_MIN: f64 = 20.0;

/// It is worked out so often at most, and as much is forgotten then as is to be.
const LOOK: Duration = Duration::from_millis(100);

/// Shorter times are not told apart, and never missed: a thread may be as late.
const SHORTEST_S: f64 = 0.004;

/// Times are counted in so many steps, [`STEPS`] for each doubling: up to two minutes and a half.
const BUCKETS: usize = 62;
const STEPS: f64 = 4.0;

/// What is known of one method.
#[derive(Debug)]
pub(super) struct Usual {
    ended: [f64; BUCKETS],
    stopped: [f64; BUCKETS],
    looked: Option<Instant>,
}

/// What is usual, for as long as that is known without anything more being seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Zero: less than is told apart.
    pub(super) takes: Duration,
    pub(super) until: Instant,
}

/// How a handler was seen to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// By itself.
    Ended,
    /// It was stopped, and would have taken longer.
    Stopped,
}

impl Default for Usual {
    fn default() -> Self {
        Self { ended: [0.0; BUCKETS], stopped: [0.0; BUCKETS], looked: None }
    }
}

impl Usual {
    /// Learns of a call that took so long, its wait included. Now and then gives what is usual; `Some(None)`: that is not known any more.
    pub(super) fn learn(&mut self, now: Instant, took: Duration, seen: Seen) -> Option<Option<Known>> {
        let counted = match seen {
            Seen::Ended => &mut self.ended,
            Seen::Stopped => &mut self.stopped,
        };
        counted[bucket(took)] += 1.0;
        let looked = *self.looked.get_or_insert(now);
        let time = now.saturating_duration_since(looked);
        if time < LOOK {
            return None;
        }
        self.looked = Some(now);
        let kept = 0.5_f64.powf(time.as_secs_f64() / HALF_LIFE.as_secs_f64());
        self.ended.iter_mut().chain(&mut self.stopped).for_each(|count| *count *= kept);
        Some(self.known(now))
    }

    fn known(&self, now: Instant) -> Option<Known> {
        let seen: f64 = self.ended.iter().chain(&self.stopped).sum();
        let left = (seen / SEEN_MIN).log2();
        // What is not a number is not known either.
        (left > 0.0).then(|| Known { takes: self.takes(seen), until: now + HALF_LIFE.mul_f64(left) })
    }

    /// The time that all but some take at least: nobody was seen to take less, or too few.
    fn takes(&self, seen: f64) -> Duration {
        let (mut at_risk, mut longer, mut last) = (seen, 1.0, 0);
        for (bucket, (ended, stopped)) in self.ended.iter().zip(&self.stopped).enumerate() {
            if ended + stopped > 0.0 {
                last = bucket;
                longer *= 1.0 - ended / at_risk;
                if longer < USUAL {
                    break;
                }
                at_risk -= ended + stopped;
            }
        }
        begin_of(last)
    }
}

fn bucket(took: Duration) -> usize {
    let doublings = (took.as_secs_f64() / SHORTEST_S).log2();
    // What is shorter, zero included, is in the first.
    if doublings >= 0.0 { (1 + (doublings * STEPS) as usize).min(BUCKETS - 1) } else { 0 }
}

/// The shortest time of a bucket.
fn begin_of(bucket: usize) -> Duration {
    match bucket.checked_sub(1) {
        Some(steps) => Duration::from_secs_f64(SHORTEST_S * (steps as f64 / STEPS).exp2()),
        None => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    struct Watching {
        usual: Usual,
        now: Instant,
        known: Option<Known>,
    }

    impl Watching {
        fn new() -> Self {
            Self { usual: Usual::default(), now: Instant::now(), known: None }
        }

        /// One call each ten milliseconds, which take these times in turn.
        fn see(&mut self, calls: usize, times: &[(u32, Seen)]) -> Option<u128> {
            for call in 0..calls {
                self.now += 10 * MS;
                let (took, seen) = times[call % times.len()];
                if let Some(known) = self.usual.learn(self.now, took * MS, seen) {
                    self.known = known;
                }
            }
            self.known.map(|known| known.takes.as_millis())
        }
    }

    #[test]
    fn it_is_what_all_but_a_few_take_at_least_and_never_more() {
        let took = |took| (took, Seen::Ended);
        for (times, usual) in [
            (&[took(200)][..], 181),
            (&[took(200), took(300), took(900)], 181),
            (&[took(200), took(0)], 0),
            (&[took(3)], 0),
            (&[took(4)], 4),
            (&[took(400_000)], 131_072),
        ] {
            assert_eq!(Watching::new().see(100, times), Some(usual), "{times:?}");
        }
        // One in thirty that is quick is an exception, one in ten is not.
        let mut times = vec![took(200); 30];
        times[7] = took(1);
        assert_eq!(Watching::new().see(300, &times), Some(181));
        assert_eq!(Watching::new().see(300, &times[..10]), Some(0));
    }

    #[test]
    fn nothing_is_known_of_few_calls_nor_for_long_without_any() {
        let mut watching = Watching::new();
        assert_eq!(watching.see(20, &[(200, Seen::Ended)]), None, "some of them are forgotten already");
        assert_eq!(watching.see(20, &[(200, Seen::Ended)]), Some(181));
        let known = watching.known.unwrap();
        let left = known.until - watching.now;
        assert!((5_000 * MS..7_000 * MS).contains(&left), "until 20 are left of 30: {left:?}");
        watching.now += Duration::from_secs(60);
        assert_eq!(watching.see(1, &[(200, Seen::Ended)]), None);
    }

    #[test]
    fn callers_that_are_impatient_do_not_make_it_shorter() {
        let mut watching = Watching::new();
        let (stopped, ended) = ((50, Seen::Stopped), (500, Seen::Ended));
        assert_eq!(watching.see(300, &[stopped, stopped, stopped, ended]), Some(430), "it takes 500 ms");
        let mut watching = Watching::new();
        assert_eq!(watching.see(300, &[stopped]), Some(45), "or 50 at least, as far as anybody has seen");
    }

    #[test]
    fn a_method_that_has_become_faster_is_known_to_be_within_a_second() {
        let mut watching = Watching::new();
        watching.see(1000, &[(500, Seen::Ended)]);
        assert_eq!(watching.see(100, &[(20, Seen::Ended)]), Some(19));
        // Of those that are refused one in a hundred passes: one a second here.
        let mut watching = Watching::new();
        watching.see(1000, &[(500, Seen::Ended)]);
        let mut seconds = 0;
        while watching.known.is_some_and(|known| known.takes > 100 * MS && known.until > watching.now) {
            watching.now += Duration::from_millis(990);
            watching.see(1, &[(20, Seen::Ended)]);
            seconds += 1;
        }
        assert!(seconds < 40, "nobody is locked out: {seconds}");
    }
}
