//! What callers would send if all were admitted. Pure.
//!
//! Callers that know the level send nothing above it, but for a few that ask whether it still holds. Who takes what comes for all there is shuts the
//! level further at each chance fluctuation, and finds nothing above it to open for but everything at once. So what came of the calls above the level is
//! remembered from when they still came, and fades unless those who ask show that they are there.

use std::time::Duration;

use super::level::{Arrivals, BUCKETS, Level};

/// What came is smoothed over so long where it has become more, and where it has become less.
const RISES_S: f64 = 0.03;
const FALLS_S: f64 = 0.1;

/// Callers that know the level send one of so many of what it shuts out.
const ASK: f64 = 64.0;

/// Where so many times what came is less than what is known, most is kept back: in a window there are by chance some times as many who ask.
const KEPT_BACK: f64 = 8.0;

/// What nobody sends any more, though perhaps they would, is forgotten in so long.
const FADES_S: f64 = 2.0;

/// Calls a second of each bucket.
#[derive(Debug)]
pub(super) struct Demand {
    per_s: Box<[f64]>,
}

impl Default for Demand {
    fn default() -> Self {
        Self { per_s: vec![0.0; BUCKETS.into()].into() }
    }
}

impl Demand {
    /// Learns what came in so long, while `level` was what callers knew.
    pub(super) fn learn(&mut self, came: &Arrivals, level: Level, time: Duration) {
        let time_s = time.as_secs_f64().max(1e-9);
        let (below, above) = self.per_s.split_at_mut(level.buckets().into());
        let (came_below, came_above) = came.counts().split_at(level.buckets().into());
        smooth(below, came_below, time_s);
        let came_above_per_s = came_above.iter().map(|&count| f64::from(count)).sum::<f64>() / time_s;
        // Those who ask whether the level holds show how many there are still.
        let stays = (-time_s / FADES_S).exp();
        let known: f64 = above.iter().sum();
        let asked_for = if came_above_per_s * KEPT_BACK < known { came_above_per_s * ASK } else { 0.0 };
        let known = known * stays + asked_for * (1.0 - stays);
        if came_above_per_s >= known {
            // They do not know the level, or are more than they were.
            above.iter_mut().zip(came_above).for_each(|(per_s, &count)| *per_s = f64::from(count) / time_s);
        } else {
            let sum = above.iter().sum::<f64>();
            above.iter_mut().for_each(|per_s| *per_s *= known / sum);
        }
    }

    /// Whether callers keep back most of what the level shuts out, by what came in this time: they know it, and what comes is not all there is.
    pub(super) fn is_kept_back(&self, came: &Arrivals, level: Level, time: Duration) -> bool {
        let above = usize::from(level.buckets());
        let came: f64 = came.counts().iter().skip(above).map(|&count| f64::from(count)).sum();
        let known: f64 = self.per_s.iter().skip(above).sum();
        came * KEPT_BACK < known * time.as_secs_f64()
    }

    /// How many calls in a second the level admits of them.
    pub(super) fn admitted_by(&self, level: Level) -> f64 {
        self.per_s.iter().take(level.buckets().into()).sum()
    }

    /// The level that would admit at most so many in a second, and the most important ones in any case.
    pub(super) fn level_for(&self, per_s: f64) -> Level {
        Level::of_most(self.per_s.iter().copied(), per_s)
    }

    /// The same, where what the level admitted is not what usually comes, but what came in this time.
    pub(super) fn level_for_now(&self, came: &Arrivals, level: Level, time: Duration, per_s: f64) -> Level {
        let time_s = time.as_secs_f64().max(1e-9);
        let (admitted, known) = (usize::from(level.buckets()), self.per_s.iter());
        let came = came.counts().iter().take(admitted).map(|&count| f64::from(count) / time_s);
        Level::of_most(came.chain(known.skip(admitted).copied()), per_s)
    }
}

/// Smooths what comes so often by what came in this time.
fn smooth(per_s: &mut [f64], came: &[u32], time_s: f64) {
    let now = came.iter().map(|&count| f64::from(count)).sum::<f64>() / time_s;
    let over_s = if now > per_s.iter().sum() { RISES_S } else { FALLS_S };
    let weight = 1.0 - (-time_s / over_s).exp();
    for (per_s, &count) in per_s.iter_mut().zip(came) {
        *per_s += weight * (f64::from(count) / time_s - *per_s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::priority::Priority;

    const WINDOW: Duration = Duration::from_millis(20);

    /// What is known of callers of two classes after windows in which so many calls of each came, and the level was that.
    fn learned(windows: &[(u32, u32, Level)]) -> Demand {
        let mut demand = Demand::default();
        for &(important, lossy, level) in windows {
            demand.learn(&came(important, lossy), level, WINDOW);
        }
        demand
    }

    fn came(important: u32, lossy: u32) -> Arrivals {
        let mut came = Arrivals::default();
        (0..important).for_each(|_| came.count(Priority::IMPORTANT));
        (0..lossy).for_each(|_| came.count(Priority::LOSSY));
        came
    }

    /// It admits the important ones alone.
    fn shut() -> Level {
        Level::of_most(came(1, 1).counts().iter().map(|&count| f64::from(count)), 1.0)
    }

    #[track_caller]
    fn check(demand: &Demand, level: Level, expected: f64) {
        let found = demand.admitted_by(level);
        assert!((found / expected - 1.0).abs() < 0.03, "{found}, not {expected}");
    }

    #[test]
    fn what_callers_keep_back_is_known_from_before_and_fades() {
        let open = [(10, 30, Level::OPEN); 10];
        check(&learned(&open), Level::OPEN, 2000.0);
        let kept_back = [&open[..], &[(10, 0, shut()); 10]].concat();
        check(&learned(&kept_back), shut(), 500.0);
        check(&learned(&kept_back), Level::OPEN, 500.0 + 1500.0 * (-0.1_f64).exp());
        let for_long = [&open[..], &[(10, 0, shut()); 1000]].concat();
        check(&learned(&for_long), Level::OPEN, 500.0);
    }

    #[test]
    fn who_does_not_know_the_level_shows_what_there_is() {
        check(
            &learned(&[(10, 0, Level::OPEN), (10, 60, shut())]),
            Level::OPEN,
            243.0 + 3000.0 + 257.0 * 0.49,
        );
    }

    #[test]
    fn a_level_admits_what_came_of_what_was_admitted_and_what_is_known_of_the_others() {
        let demand = learned(&[(10, 30, Level::OPEN); 10]);
        let level_for = |important, per_s| demand.level_for_now(&came(important, 0), shut(), WINDOW, per_s);
        assert_eq!(level_for(10, 2001.0), Level::OPEN);
        assert!(!level_for(10, 1950.0).admits(Priority::LOSSY));
        assert!(!level_for(11, 2001.0).admits(Priority::LOSSY), "there are more of them now");
        assert_eq!(demand.level_for(2001.0), Level::OPEN);
        assert!(!demand.level_for(1900.0).admits(Priority::LOSSY));
    }
}
