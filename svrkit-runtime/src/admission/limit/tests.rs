//! Windows by numbers, of handlers that compute or wait.

use super::*;

const WINDOW: Duration = Duration::from_millis(20);

struct Windows {
    limit: Limit,
    now: Instant,
}

impl Windows {
    fn new(threads: u32, ceiling: u32) -> Self {
        Self { limit: Limit::new(threads, ceiling), now: Instant::now() }
    }

    /// So many windows of handlers that are so late, as many under way as may be, and so many ends in a second of these.
    fn pass(&mut self, windows: u32, late_ms: u64, is_reached: bool, per_s: impl Fn(u32) -> f64) -> u32 {
        for _ in 0..windows {
            let running = self.limit.get().min(1000);
            self.window(running, late_ms, is_reached, per_s(running));
        }
        self.limit.get()
    }

    fn window(&mut self, running: u32, late_ms: u64, is_reached: bool, per_s: f64) -> u32 {
        self.now += WINDOW;
        let ended = (per_s * WINDOW.as_secs_f64()).round() as u64;
        let lateness = Some(Duration::from_millis(late_ms));
        let turns = Turns { lateness, running, is_reached, ended, too_late: 0, time: WINDOW };
        self.limit.learn(self.now, turns);
        self.limit.get()
    }

    /// A window of handlers that were over in time and too late, so many in a second.
    fn over(&mut self, running: u32, per_s: f64, too_late_per_s: f64) -> u32 {
        self.now += WINDOW;
        let count = |per_s: f64| (per_s * WINDOW.as_secs_f64()).round() as u64;
        let (ended, too_late) = (count(per_s), count(too_late_per_s));
        let turns = Turns { lateness: None, running, is_reached: false, ended, too_late, time: WINDOW };
        self.limit.learn(self.now, turns);
        self.limit.get()
    }
}

#[test]
fn handlers_that_are_late_lower_it_in_proportion_and_never_below_the_threads() {
    let mut windows = Windows::new(2, 10_000);
    assert_eq!(windows.window(200, 50, false, 1000.0), 20);
    assert_eq!(windows.window(20, 5, false, 1000.0), 20, "no more than so late, they are in time");
    assert_eq!(windows.window(20, 6000, true, 1000.0), 2);
}

#[test]
fn a_cut_is_waited_for_before_the_next() {
    let mut windows = Windows::new(2, 10_000);
    windows.window(200, 50, false, 1000.0);
    assert_eq!(windows.window(150, 50, true, 1000.0), 20, "these were let go before it");
}

#[test]
fn where_most_come_too_late_half_as_many_are_let_go_until_they_do_not() {
    let mut windows = Windows::new(1, 10_000);
    assert_eq!(windows.over(1500, 0.0, 3000.0), 750);
    assert_eq!(windows.over(1400, 0.0, 3000.0), 750, "these were let go before it");
    assert_eq!(windows.over(750, 0.0, 3000.0), 375);
    assert_eq!(windows.over(375, 1500.0, 50.0), 375, "some always do");
    let mut windows = Windows::new(1, 10_000);
    assert_eq!(windows.over(1500, 0.0, 50.0), 10_000, "each has thirty seconds for its word");
}

#[test]
fn there_is_none_for_handlers_that_are_in_time_and_few_or_take_long() {
    let mut windows = Windows::new(2, 1000);
    assert_eq!(windows.limit.notice(), 128);
    assert_eq!(windows.window(999, 0, false, 0.0), 1000, "none has ended yet");
    assert_eq!(windows.window(999, 0, false, 50.0), 1000, "each takes twenty seconds");
    let mut windows = Windows::new(2, 1000);
    assert_eq!(windows.window(128, 0, false, 3000.0), 1000, "they are few");
}

#[test]
fn where_handlers_have_begun_to_take_long_more_are_let_go_at_once() {
    let mut windows = Windows::new(2, 1000);
    windows.window(200, 50, false, 1000.0);
    // What ended before is forgotten within a second.
    let limits: Vec<u32> = (0..60).map(|_| windows.window(20, 0, true, 0.0)).collect();
    assert_eq!(limits.last(), Some(&1000), "{limits:?}");
}

/// Handlers that wait for one of 64 places, 20 ms each.
fn places(running: u32) -> f64 {
    50.0 * f64::from(running.min(64))
}

#[test]
fn it_comes_down_to_what_handlers_find_room_for_and_rests_there() {
    let mut windows = Windows::new(2, 10_000);
    assert_eq!(windows.window(200, 0, false, places(200)), 150, "fewer than the 200 are tried");
    let steps: Vec<u32> = (0..5).map(|_| windows.pass(17, 0, true, places)).collect();
    assert_eq!(steps, [113, 85, 64, 48, 64], "64 were enough, 48 were not");
    assert_eq!(windows.pass(30, 0, true, places), 64);
    assert_eq!(windows.pass(20, 0, true, places), 128, "a second later more are tried");
    // Some windows have passed since.
    assert_eq!(windows.pass(30, 0, true, places), 64, "128 bring no more, and 48 less");
    assert_eq!(windows.pass(70, 0, true, places), 64);
    assert_eq!(windows.pass(65, 0, true, places), 64, "after two seconds they were tried again");
    assert_eq!(windows.limit.rest, REST * 8);
}

#[test]
fn where_more_handlers_bring_more_it_goes_up_while_calls_wait() {
    let mut windows = Windows::new(2, 1000);
    let all = |running| 50.0 * f64::from(running);
    windows.window(200, 50, false, all(200));
    assert_eq!(windows.pass(55, 0, false, all), 20, "nobody waits for more");
    assert_eq!(windows.pass(1, 0, true, all), 40);
    assert_eq!(windows.pass(19, 0, true, all), 80);
    assert_eq!(windows.pass(90, 0, true, all), 1000, "it ends at the ceiling");
}

#[test]
fn a_load_that_goes_away_judges_nothing() {
    let mut windows = Windows::new(2, 10_000);
    windows.window(200, 0, false, places(200));
    assert_eq!(windows.pass(17, 0, false, places), 200);
}

#[test]
fn a_ceiling_below_the_threads_wins() {
    assert_eq!(Limit::new(8, 3).get(), 3);
    assert_eq!(Limit::new(0, 0).get(), 1);
}
