//! A server's callers in simulated time, by seeds: a thousand of them, one that runs wild, and rushes that are none's fault.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::blocks::{Blocks, Terms};
use super::detector::{Detector, Sighting, Thresholds};
use super::sampling::{Sampling, skipped};
use super::{Habit, Who};
use crate::limits::Limits;
use crate::random::{GAMMA, mix};

/// Callers make their calls in steps of this.
const STEP: Duration = Duration::from_millis(20);

/// What a caller does.
#[derive(Clone, Copy, Debug)]
struct Behaviour {
    /// Calls in a second, on average.
    rate: f64,
    /// Whether they are all the same.
    repeats: bool,
}

/// Who was blocked, and when, in seconds since the beginning.
type Blocked = Vec<(usize, f64)>;

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How many calls come where so many are to be expected (Knuth: The Art of Computer Programming, 3.4.1; for many by the normal distribution).
    fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).max(0.0) as u64;
        }
        let (end, mut product, mut count) = ((-mean).exp(), self.part(), 0);
        while product > end {
            product *= self.part();
            count += 1;
        }
        count
    }

    /// Of the standard normal distribution, near enough: the sum of twelve (Irwin, Hall).
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.part()).sum::<f64>() - 6.0
    }
}

/// Has callers do in each second what `behaviour` says of the caller and the second, with what the server's connections do: pick calls, and stop those that
/// are blocked.
fn simulate(
    seed: u64,
    callers: usize,
    seconds: u32,
    behaviour: impl Fn(usize, f64, &mut Dice) -> Behaviour,
) -> Blocked {
    let (born, name, mut dice) = (Instant::now(), Arc::from("somebody"), Dice(seed));
    let limits = Limits::default();
    let (mut detector, mut blocks) =
        (Detector::new(Thresholds::of(&limits), born), Blocks::new(Terms::of(&limits)));
    let mut sampling = Sampling::default();
    let number_of = |caller: usize| mix(seed ^ (caller as u64 + 1));
    let mut skips = vec![(0, 1); callers];
    let mut blocked = Blocked::new();
    for step in 0..seconds * 50 {
        let now = born + STEP * step;
        let second = f64::from(step) * STEP.as_secs_f64();
        for (caller, (left, weight)) in skips.iter_mut().enumerate() {
            let habit = Habit { who: Who { caller: number_of(caller), user: 0 }, ids: (4000, 1) };
            let Behaviour { rate, repeats } = behaviour(caller, second, &mut dice);
            if blocked.iter().any(|(other, _)| *other == caller)
                && !blocks.of(habit.who.caller, now).is_empty()
            {
                continue;
            }
            for _ in 0..dice.poisson(rate * STEP.as_secs_f64()) {
                if *left > 0 {
                    *left -= 1;
                    continue;
                }
                let request = if repeats { 7 } else { dice.next() };
                let closed = detector.note(now, Sighting { habit, name: &name, request, weight: *weight });
                sampling.sighted();
                let one_in = sampling.one_in();
                (*left, *weight) = (skipped(one_in, dice.next()), one_in);
                let Some(closed) = closed else { continue };
                sampling.ended(closed.calls_per_s);
                for found in closed.found {
                    let who = (0..callers).find(|other| number_of(*other) == found.habit.who.caller);
                    blocks.block(now, found).unwrap();
                    blocked.push((who.unwrap(), second));
                }
            }
        }
    }
    blocked
}

/// How often a caller calls whom nobody minds: some a hundred times as often as others, and a fifth of them always ask the same.
fn ordinary(caller: usize) -> Behaviour {
    let spread = mix(caller as u64) as f64 / u64::MAX as f64;
    Behaviour { rate: 0.2 * 100_f64.powf(spread), repeats: caller.is_multiple_of(5) }
}

#[test]
fn one_that_runs_wild_among_a_thousand_is_blocked_within_five_seconds_and_nobody_else() {
    for seed in 0..8 {
        for rate in [1_000.0, 5_000.0, 50_000.0] {
            let wild = Behaviour { rate, repeats: true };
            let blocked = simulate(seed, 1001, 12, |caller, second, _| match caller {
                0 if second >= 6.0 => wild,
                caller => ordinary(caller),
            });
            assert_eq!(blocked.len(), 1, "{rate} a second, seed {seed}: {blocked:?}");
            let (caller, second) = blocked[0];
            assert!(caller == 0 && second <= 11.0, "{rate} a second, seed {seed}: {blocked:?}");
        }
    }
}

#[test]
fn a_thousand_that_are_busy_are_never_blocked() {
    for seed in 0..3 {
        // Log-normal: the busiest calls twenty times as often as half of them, and all always ask the same.
        let blocked = simulate(seed, 1000, 20, |caller, _, _| {
            let rate = 30.0 * Dice(seed ^ (caller as u64) << 20).normal().exp();
            Behaviour { rate, repeats: true }
        });
        assert_eq!(blocked, [], "seed {seed}");
    }
}

#[test]
fn a_rush_of_all_at_once_is_nobodys_fault() {
    for seed in 0..3 {
        // From the eighth second on everybody shakes the phone, whoever was idle before.
        let blocked = simulate(seed, 500, 20, |caller, second, _| match second {
            8.0.. => Behaviour { rate: 150.0, repeats: true },
            _ => Behaviour { rate: ordinary(caller).rate / 10.0, repeats: true },
        });
        assert_eq!(blocked, [], "seed {seed}");
    }
}

#[test]
fn a_load_test_of_a_fresh_server_is_never_blocked() {
    for seed in 0..3 {
        for callers in [1, 2, 8] {
            // The first makes nearly all calls.
            let rate = |caller| if caller == 0 { 100_000.0 } else { 1.0 };
            let blocked =
                simulate(seed, callers, 6, |caller, _, _| Behaviour { rate: rate(caller), repeats: true });
            assert_eq!(blocked, [], "{callers} callers, seed {seed}");
        }
    }
}

#[test]
fn who_goes_on_is_blocked_again_for_longer_each_time() {
    let blocked = simulate(7, 101, 120, |caller, _, _| match caller {
        0 => Behaviour { rate: 2_000.0, repeats: true },
        caller => ordinary(caller),
    });
    let times: Vec<f64> = blocked.iter().map(|(_, second)| *second).collect();
    assert!(times.len() >= 3 && blocked.iter().all(|(caller, _)| *caller == 0), "{blocked:?}");
    for (offence, pair) in times.windows(2).enumerate() {
        let pause = 10.0 * f64::from(1 << offence);
        assert!((pause..pause + 5.0).contains(&(pair[1] - pair[0])), "{times:?}");
    }
}
