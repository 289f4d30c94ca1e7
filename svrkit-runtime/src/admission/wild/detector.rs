//! Who runs wild: whose calls of one method are the same request over and over, far beyond what the others do, and for how long.
//!
//! Windows of [`WINDOW`]. In one of them a habit is *beyond* where one request makes most of it and has certainly come more often in a second than
//! `wild.rate` and than `wild.times` the norm, which is what nine of ten others call at most, whatever they ask. Who was beyond in all windows of `wild.time`
//! runs wild. Nobody does where there are fewer than `wild.callers` others to be held to, nor where more than one caller in ten is
//! beyond at one time: then that is how this server is used, be it on the night of nights.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::population::{Norm, Population};
use super::summary::Summary;
use super::{Habit, Who};
use crate::limits::Limits;

/// So long calls are counted before anybody is judged.
pub(super) const WINDOW: Duration = Duration::from_secs(1);

/// Where a larger share of the callers is beyond, it is no abnormality.
const CROWD: f64 = 0.1;

/// From where on somebody runs wild.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    /// Calls in a second (`wild.rate`).
    pub(super) rate: f64,
    /// As often as the others (`wild.times`).
    pub(super) times: f64,
    /// How many others there are at least (`wild.callers`).
    pub(super) callers: usize,
    /// For how long (`wild.time`).
    pub(super) time: Duration,
}

/// A call that was looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting<'a> {
    pub(super) habit: Habit,
    /// Who that is, for people.
    pub(super) name: &'a Arc<str>,
    /// The hash of its request.
    pub(super) request: u64,
    /// How many calls it stands for.
    pub(super) weight: u32,
}

/// Somebody who runs wild.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) habit: Habit,
    pub(super) name: Arc<str>,
    /// How often in a second the same request has certainly come.
    pub(super) rate: f64,
    /// How often most others call.
    pub(super) norm: f64,
}

/// A window that has ended.
#[derive(Debug)]
pub(super) struct Closed {
    /// Calls that came in a second, of all callers.
    pub(super) calls_per_s: f64,
    pub(super) found: Vec<Found>,
}

/// Finds who runs wild.
#[derive(Debug)]
pub(super) struct Detector {
    thresholds: Thresholds,
    /// When the window began.
    began: Instant,
    calls: u64,
    summary: Summary,
    population: Population,
    /// In how many windows in a row a habit was beyond. No more than the summary knows.
    beyond: HashMap<Habit, u32>,
}

impl Thresholds {
    pub(super) fn of(limits: &Limits) -> Self {
        Self {
            rate: limits.wild_rate.into(),
            times: limits.wild_times.into(),
            callers: limits.wild_callers as usize,
            time: limits.wild_time,
        }
    }

    /// In how many windows in a row somebody has to be beyond.
    fn windows(&self) -> u32 {
        let windows = self.time.as_secs_f64() / WINDOW.as_secs_f64();
        // At most an hour's.
        (windows.ceil() as u32).max(1)
    }
}

impl Detector {
    pub(super) fn new(thresholds: Thresholds, now: Instant) -> Self {
        Self {
            thresholds,
            began: now,
            calls: 0,
            summary: Summary::default(),
            population: Population::new(now),
            beyond: HashMap::new(),
        }
    }

    /// Counts a call that came at `now`. With the first one after a window that window ends.
    pub(super) fn note(&mut self, now: Instant, sighting: Sighting<'_>) -> Option<Closed> {
        let time = now.saturating_duration_since(self.began);
        let closed = (time >= WINDOW).then(|| self.close(now, time));
        let Sighting { habit, name, request, weight } = sighting;
        self.calls += u64::from(weight);
        self.summary.note(habit, name, request, weight);
        self.population.note(habit.who, weight);
        closed
    }

    fn close(&mut self, now: Instant, time: Duration) -> Closed {
        let norm = self.population.end_window(now, time);
        let beyond = self.beyond(&norm, time.as_secs_f64());
        let before = std::mem::take(&mut self.beyond);
        let mut found = Vec::new();
        for wild in beyond {
            let windows = before.get(&wild.habit).map_or(1, |before| before + 1);
            if windows >= self.thresholds.windows() {
                found.push(wild);
            } else {
                self.beyond.insert(wild.habit, windows);
            }
        }
        let calls_per_s = self.calls as f64 / time.as_secs_f64();
        (self.began, self.calls) = (now, 0);
        self.summary.clear();
        Closed { calls_per_s, found }
    }

    /// Who was beyond in a window of so many seconds.
    fn beyond(&self, norm: &Norm, seconds: f64) -> Vec<Found> {
        let callers = self.population.callers();
        // One of them is the one who is judged.
        if callers <= self.thresholds.callers {
            return Vec::new();
        }
        let is_beyond = |habit: Habit, name: &Arc<str>, same: f64| {
            let rate = same / seconds;
            if rate <= self.thresholds.rate {
                return None;
            }
            let norm = norm.of_others(habit.who);
            (rate > self.thresholds.times * norm).then(|| Found { habit, name: Arc::clone(name), rate, norm })
        };
        let repeated = self.summary.iter().filter_map(|known| Some((known, known.same()?)));
        let beyond: Vec<_> =
            repeated.filter_map(|(known, same)| is_beyond(known.habit, &known.name, same)).collect();
        let who: HashSet<u64> =
            beyond.iter().map(|Found { habit: Habit { who: Who { caller, .. }, .. }, .. }| *caller).collect();
        let crowd = (callers as f64 * CROWD).max(1.0);
        if who.len() as f64 > crowd { Vec::new() } else { beyond }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::mix;

    const THRESHOLDS: Thresholds =
        Thresholds { rate: 100.0, times: 20.0, callers: 8, time: Duration::from_secs(3) };

    /// So many calls a second of a caller, of which this one in how many is another request.
    #[derive(Clone, Copy)]
    struct Calls {
        caller: u64,
        a_second: u64,
        others: Option<u64>,
    }

    fn same(caller: u64, a_second: u64) -> Calls {
        Calls { caller, a_second, others: None }
    }

    fn others(count: u64, a_second: u64) -> Vec<Calls> {
        (100..100 + count).map(|caller| same(caller, a_second)).collect()
    }

    /// In which seconds caller 0 is found, where these call for so long.
    fn found(thresholds: Thresholds, seconds: u64, calls: impl Fn(u64) -> Vec<Calls>) -> Vec<u64> {
        let (born, name) = (Instant::now(), Arc::from("somebody"));
        let mut detector = Detector::new(thresholds, born);
        let mut found = Vec::new();
        for second in 0..=seconds {
            for Calls { caller, a_second, others } in calls(second) {
                for number in 0..a_second {
                    let at = Duration::from_secs(second) + WINDOW * number as u32 / a_second as u32;
                    let request =
                        if others.is_some_and(|others| number % others == 0) { number } else { 7_777 };
                    let habit = Habit { who: Who { caller: mix(caller), user: 0 }, ids: (4000, 1) };
                    let sighting = Sighting { habit, name: &name, request, weight: 1 };
                    let closed = detector.note(born + at, sighting);
                    let wild = closed.into_iter().flat_map(|closed| closed.found);
                    found.extend(wild.map(|found| (found.habit.who.caller == mix(0)).then_some(second)));
                }
            }
        }
        assert!(found.iter().all(Option::is_some), "nobody else is found");
        found.into_iter().flatten().collect()
    }

    /// The same in each second.
    fn steady(count: u64, a_second: u64, wild: Calls) -> Vec<u64> {
        found(THRESHOLDS, 4, |_| [others(count, a_second), vec![wild]].concat())
    }

    #[test]
    fn who_repeats_far_beyond_the_norm_for_long_enough_is_found() {
        assert_eq!(steady(20, 2, same(0, 1000)), [3], "with the third window");
    }

    #[test]
    fn each_threshold_has_its_edge() {
        assert_eq!(steady(20, 2, same(0, 100)), [], "`wild.rate` is not above itself");
        assert_eq!(steady(20, 2, same(0, 101)), [3]);
        assert_eq!(steady(20, 10, same(0, 200)), [], "nor `wild.times` of the norm");
        assert_eq!(steady(20, 10, same(0, 201)), [3]);
        assert_eq!(
            steady(7, 2, same(0, 1000)),
            [],
            "`wild.callers` are too few where one of them is missing"
        );
        assert_eq!(steady(8, 2, same(0, 1000)), [3]);
        for (seconds, expected) in [(1, 1), (2, 2), (3, 3)] {
            let thresholds = Thresholds { time: Duration::from_secs(seconds), ..THRESHOLDS };
            let first = found(thresholds, 3, |_| [others(20, 2), vec![same(0, 1000)]].concat())[0];
            assert_eq!(first, expected, "`wild.time` of {seconds} s");
        }
    }

    #[test]
    fn a_lone_caller_is_never_found_whatever_its_rate() {
        for count in 0..8 {
            assert_eq!(steady(count, 1, same(0, 20_000)), [], "beside {count} others");
        }
    }

    #[test]
    fn who_is_busy_with_many_things_is_not_found() {
        let varied = |others| Calls { caller: 0, a_second: 5000, others: Some(others) };
        assert_eq!(steady(20, 2, varied(1)), []);
        assert_eq!(steady(20, 2, varied(2)), [], "half of them are others");
        assert_eq!(steady(20, 2, varied(3)), [3]);
    }

    #[test]
    fn a_burst_is_not_found_however_often_it_comes_again() {
        let bursts = |second: u64| if second % 3 == 2 { vec![] } else { vec![same(0, 5000)] };
        assert_eq!(found(THRESHOLDS, 30, |second| [others(20, 2), bursts(second)].concat()), []);
    }

    #[test]
    fn what_many_begin_at_once_is_how_the_server_is_used() {
        // From the fifth second on so many of twenty callers ask the same a thousand times a second.
        let rush = |many: u64| {
            found(THRESHOLDS, 20, |second| {
                let (rate, rest) = if second < 5 { (2, 20) } else { (1000, 20 - many) };
                let busy = (0..20 - rest).map(|caller| same(caller, rate)).collect();
                [others(rest, 2), busy].concat()
            })
        };
        assert_eq!(rush(20), []);
        assert_eq!(rush(3), [], "nor where they are a part of all");
        assert!(!rush(1).is_empty());
    }
}
