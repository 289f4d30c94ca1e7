//! Goodput at many times the load, who gets it, and how fast it is back.

use std::time::Duration;

use super::machine::{CLASSES, Handler, Machine, Outcome};

const COMPUTES_1_MS: Handler =
    Handler { computes: Duration::from_millis(1), waits: Duration::ZERO, places: 0 };
const COMPUTES_20_MS: Handler =
    Handler { computes: Duration::from_millis(20), waits: Duration::ZERO, places: 0 };
const COMPUTES_100_US: Handler =
    Handler { computes: Duration::from_micros(100), waits: Duration::ZERO, places: 0 };
const WAITS_20_MS: Handler =
    Handler { computes: Duration::from_micros(5), waits: Duration::from_millis(20), places: 64 };

fn at(times: f64, threads: u32, handler: Handler, seconds: f64) -> (Outcome, f64) {
    let machine = Machine::new(threads, handler, 1);
    let capacity = machine.capacity();
    let warm = Duration::from_secs_f64(seconds / 4.0);
    let outcome = machine.run(&|_| capacity * times, warm..Duration::from_secs_f64(seconds));
    let share = outcome.goodput(seconds * 0.75) / capacity;
    (outcome, share)
}

#[track_caller]
fn holds(threads: u32, handler: Handler, seconds: f64) {
    let (outcome, _) = at(0.7, threads, handler, seconds);
    let (good, arrived): (u64, u64) = (outcome.good.iter().sum(), outcome.arrived.iter().sum());
    assert!(
        good as f64 >= 0.98 * arrived as f64,
        "below the capacity hardly any is refused: {good} of {arrived}"
    );
    for (times, goal) in [(1.5, 0.95), (2.0, 0.95), (5.0, 0.9), (10.0, 0.9)] {
        let (mut outcome, share) = at(times, threads, handler, seconds);
        let p99 = outcome.p99();
        println!("{handler:?}, {threads} threads, {times} times: {share:.2}, p99 {p99:.0?}");
        assert!(share >= goal, "{times} times the load: {share:.3}");
        assert!(p99 <= Duration::from_millis(250), "{times} times the load: {p99:?}");
    }
}

#[test]
fn goodput_holds_where_handlers_compute() {
    holds(1, COMPUTES_1_MS, 4.0);
    holds(2, COMPUTES_1_MS, 4.0);
}

#[test]
fn goodput_holds_where_handlers_are_slow() {
    holds(1, COMPUTES_20_MS, 40.0);
}

#[test]
fn goodput_holds_where_handlers_are_fast() {
    // It learns in the first half second what the threads can bear.
    holds(1, COMPUTES_100_US, 3.0);
}

#[test]
fn goodput_holds_where_handlers_wait() {
    // It learns in the first seconds what the places can bear.
    holds(2, WAITS_20_MS, 12.0);
    holds(1, Handler { places: 32, ..WAITS_20_MS }, 12.0);
}

#[test]
fn the_most_important_are_served_first_and_all_of_them() {
    for (handler, seconds) in [(COMPUTES_1_MS, 6.0), (WAITS_20_MS, 4.0)] {
        let (outcome, _) = at(10.0, 1, handler, seconds);
        let shares: Vec<f64> = (0..CLASSES.len()).map(|class| outcome.share(class)).collect();
        assert!(shares[0] >= 0.995, "{shares:?}");
        assert!(
            (0.25..0.45).contains(&shares[1]),
            "of the second class there is a third of room: {shares:?}"
        );
        assert!(shares[2] < 0.01 && shares[3] < 0.01, "{shares:?}");
    }
}

#[test]
fn a_step_to_three_times_the_load_and_back_costs_no_tenth_of_a_second() {
    let machine = Machine::new(1, COMPUTES_1_MS, 3);
    let load = |now: Duration| if (2..4).contains(&now.as_secs()) { 3000.0 } else { 700.0 };
    let outcome = machine.run(&load, Duration::ZERO..Duration::from_secs(6));
    let tenths = &outcome.by_tenth;
    for (tenth, answers) in tenths[20..40].iter().enumerate() {
        assert!(*answers >= 80, "up, tenth {tenth}: {tenths:?}");
    }
    let after: u64 = tenths[41..51].iter().sum();
    assert!(after >= 630, "back: {tenths:?}");
}

#[test]
fn goodput_holds_whatever_comes_by_chance_also_where_callers_send_nothing_above_the_level() {
    let mut shares = Vec::new();
    for (handler, from_s) in [(COMPUTES_1_MS, 1.0), (Handler { places: 32, ..WAITS_20_MS }, 4.0)] {
        for (callers, times, seed) in
            (1..=8).flat_map(|seed| [(0, 2.0, seed), (16, 1.5, seed), (16, 5.0, seed)])
        {
            let machine = Machine::new(1, handler, seed).with_callers_that_listen(callers);
            let capacity = machine.capacity();
            let counted = Duration::from_secs_f64(from_s)..Duration::from_secs_f64(from_s + 2.5);
            let mut outcome = machine.run(&|_| capacity * times, counted);
            let (share, p99) = (outcome.goodput(2.5) / capacity, outcome.p99());
            let case =
                format!("{handler:?}, {callers} callers, {times} times, seed {seed}: {share:.2}, {p99:?}");
            assert!(share >= 0.9 && p99 <= Duration::from_millis(250), "{case}");
            shares.push(share);
        }
    }
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    println!("{} runs: mean {mean:.3}", shares.len());
    assert!(mean >= 0.96, "{mean}: {shares:?}");
}
