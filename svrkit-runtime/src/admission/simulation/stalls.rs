//! What a machine that stands still for a moment leaves behind.

use std::time::Duration;

use super::machine::{Handler, Machine};

const COMPUTES_1_MS: Handler =
    Handler { computes: Duration::from_millis(1), waits: Duration::ZERO, places: 0 };
const WAITS_20_MS: Handler =
    Handler { computes: Duration::from_micros(5), waits: Duration::from_millis(20), places: 64 };

#[test]
fn after_a_moment_in_which_the_machine_stood_still_it_does_as_much_as_before_at_once() {
    let mut shares = Vec::new();
    for (threads, handler, from_s) in
        [(1, COMPUTES_1_MS, 2), (2, WAITS_20_MS, 4), (1, Handler { places: 32, ..WAITS_20_MS }, 4)]
    {
        for callers in [0, 16] {
            for (times, ms, seed) in [(1.5, 100, 1), (1.5, 300, 2), (5.0, 100, 3), (5.0, 200, 4)] {
                let from = Duration::from_secs(from_s);
                let until = from + Duration::from_millis(ms);
                let machine = Machine::new(threads, handler, seed)
                    .with_callers_that_listen(callers)
                    .with_stall(from..until);
                let capacity = machine.capacity();
                let outcome = machine.run(&|_| capacity * times, from..until + Duration::from_millis(500));
                let first = (until.as_millis() / 100) as usize;
                let answers: u64 = outcome.by_tenth[first..first + 5].iter().sum();
                let share = answers as f64 / (0.5 * capacity);
                assert!(
                    share >= 0.85,
                    "{handler:?}, {callers} callers, {times} times, {ms} ms, seed {seed}: {share:.2}, {:?}",
                    outcome.by_tenth
                );
                shares.push(share);
            }
        }
    }
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    println!("{} runs: mean {mean:.3} in the half second after", shares.len());
    assert!(mean >= 0.95, "{mean}: {shares:?}");
}
