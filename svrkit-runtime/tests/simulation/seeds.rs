//! Many seeds, each a world of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::work::Task;
use crate::world;

/// Seeds of an ordinary run of the tests.
const SEEDS: u64 = 50;

/// Violations that are shown of a seed.
const SHOWN_MAX: usize = 10;

/// Runs the seeds from 0 on, or the one that `SIMULATION_SEED` names; `SIMULATION_SEEDS` says how many.
#[test]
fn whatever_a_seed_does_every_call_ends_as_it_should() {
    if let Some(seed) = number("SIMULATION_SEED") {
        let report = world::run(seed);
        panic_unless_well(&[(seed, report.violations)], || {
            format!("{}\n{:?}\n", report.log, report.outcomes)
        });
        return;
    }
    let failed = run_all(seeds(SEEDS));
    panic_unless_well(&failed, String::new);
}

/// How many seeds `SIMULATION_SEEDS` asks for, or so many.
pub(crate) fn seeds(usual: u64) -> u64 {
    number("SIMULATION_SEEDS").unwrap_or(usual)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} wants a number, it is {text:?}")))
}

/// Those that failed, each with what must not have been.
fn run_all(seeds: u64) -> Vec<(u64, Vec<String>)> {
    let (next, failed) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds) {
            let violations = match catch_unwind(AssertUnwindSafe(|| world::run(seed))) {
                Ok(report) => report.violations,
                Err(_) => vec!["it panicked, see above".into()],
            };
            if !violations.is_empty() {
                failed.lock().unwrap().push((seed, violations));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, |threads| threads.get()) {
            scope.spawn(work);
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    failed
}

fn panic_unless_well(failed: &[(u64, Vec<String>)], more: impl FnOnce() -> String) {
    let mut words = String::new();
    for (seed, violations) in failed.iter().filter(|(_, violations)| !violations.is_empty()) {
        writeln!(words, "seed {seed}: {} times it was not as it should be", violations.len()).unwrap();
        violations.iter().take(SHOWN_MAX).for_each(|violation| writeln!(words, "    {violation}").unwrap());
        writeln!(
            words,
            "  to see all that happens: SIMULATION_SEED={seed} cargo test -p svrkit-runtime --test simulation whatever"
        )
        .unwrap();
    }
    if !words.is_empty() {
        panic!("{}{words}", more());
    }
}

/// A seed is worth something only if it gives the same run again.
#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 0..5 {
        let (one, other) = (world::run(seed), world::run(seed));
        let differs = one.log.lines().zip(other.log.lines()).find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!((one.log.len(), one.outcomes), (other.log.len(), other.outcomes), "seed {seed}");
    }
}

/// What is looked for happens: calls of every task are answered, given up, late, refused and lost.
#[test]
fn the_worlds_of_the_first_seeds_see_every_end_of_a_call() {
    let mut outcomes = BTreeMap::<String, usize>::new();
    for seed in 0..10 {
        for (outcome, count) in world::run(seed).outcomes {
            *outcomes.entry(outcome).or_default() += count;
        }
    }
    for task in Task::ALL {
        let end = match task {
            Task::Fail => "Failed(NotFound)",
            Task::Panic => "Failed(Internal)",
            Task::Wait => "Failed(DeadlineExceeded)",
            _ => "Answered",
        };
        for end in [end, "GivenUp"] {
            let what = format!("{task:?} {end}");
            assert!(outcomes.contains_key(&what), "{what}: none of {outcomes:?}");
        }
    }
    for end in [
        "NeverStarted(Unavailable)",
        "NeverStarted(ResourceExhausted)",
        "Failed(Unavailable)",
        "Failed(DeadlineExceeded)",
    ] {
        assert!(outcomes.keys().any(|what| what.ends_with(end)), "{end}: none of {outcomes:?}");
    }
}
