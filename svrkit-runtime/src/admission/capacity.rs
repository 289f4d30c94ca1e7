//! What a server can do in a second, learned from what it did while it was busy.

use std::time::Duration;

/// Over so long what was learned is smoothed.
const SMOOTHING_S: f64 = 0.2;

/// Departures in a second; unknown until the server was busy once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Capacity {
    per_s: Option<f64>,
}

impl Capacity {
    /// Learns from a time in which so many calls ended, and which it was busy for so long of.
    ///
    /// Busy, what ended is what it can do; otherwise it can do that at least.
    pub(super) fn learn(&mut self, time: Duration, busy: Duration, ended: u64) {
        let time = time.as_secs_f64();
        if time <= 0.0 || ended == 0 {
            return;
        }
        let rate = ended as f64 / time;
        self.per_s = Some(match self.per_s {
            Some(known) if busy.as_secs_f64() > 0.5 * time => {
                let weight = 1.0 - (-time / SMOOTHING_S).exp();
                known + weight * (rate - known)
            }
            Some(known) => known.max(rate),
            None if busy.as_secs_f64() > 0.5 * time => rate,
            None => return,
        });
    }

    pub(crate) fn per_s(self) -> Option<f64> {
        self.per_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(20);

    #[test]
    fn only_who_is_busy_shows_what_it_can_do() {
        let mut capacity = Capacity::default();
        capacity.learn(WINDOW, Duration::ZERO, 3);
        assert_eq!(capacity.per_s(), None, "it may be able to do more");
        capacity.learn(WINDOW, WINDOW, 20);
        assert_eq!(capacity.per_s(), Some(1000.0));
        capacity.learn(WINDOW, Duration::ZERO, 3);
        assert_eq!(capacity.per_s(), Some(1000.0), "idle, it has not become slower");
        capacity.learn(WINDOW, Duration::ZERO, 30);
        assert_eq!(capacity.per_s(), Some(1500.0), "it can do what it has done");
    }

    #[test]
    fn what_has_changed_is_learned_within_some_windows() {
        let mut capacity = Capacity::default();
        capacity.learn(WINDOW, WINDOW, 20);
        for _ in 0..50 {
            capacity.learn(WINDOW, WINDOW, 10);
        }
        let learned = capacity.per_s().unwrap();
        assert!((500.0..510.0).contains(&learned), "{learned}");
    }

    #[test]
    fn a_time_without_an_end_says_nothing() {
        let mut capacity = Capacity::default();
        capacity.learn(WINDOW, WINDOW, 20);
        capacity.learn(WINDOW, WINDOW, 0);
        capacity.learn(Duration::ZERO, Duration::ZERO, 5);
        assert_eq!(capacity.per_s(), Some(1000.0), "longer windows are waited for");
    }
}
