//! The kept seeds of a target through its property, as they are and damaged: what a test can do where there is no fuzzer.
//!
//! Seeds are damaged for [`SECONDS_DEFAULT`] seconds; the variable `SVRKIT_FUZZ_SECONDS` says another number. What breaks
//! a property is shown in hex, with its round's seed: `SVRKIT_FUZZ_SEED` goes through the same rounds again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::mutator::Mutator;

const SECONDS_DEFAULT: u64 = 10;

const SEED_DEFAULT: u64 = 0x5eed;

/// Runs the seeds of a target through its property, then damaged ones until time is up.
pub(crate) fn check(target: &str, property: fn(&[u8])) {
    let folder = format!("../fuzz/seeds/{target}");
    let entries = std::fs::read_dir(&folder).expect("a target has a folder of seeds");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    paths.sort();
    assert!(30 <= paths.len(), "{folder} holds {} seeds", paths.len());
    let seeds: Vec<_> = paths.iter().map(|path| std::fs::read(path).expect("a seed can be read")).collect();
    for (path, bytes) in paths.iter().zip(&seeds) {
        hold(property, bytes, || path.display().to_string());
    }
    let seed = number("SVRKIT_FUZZ_SEED", SEED_DEFAULT);
    let end = Instant::now() + Duration::from_secs(number("SVRKIT_FUZZ_SECONDS", SECONDS_DEFAULT));
    // A round is short, and what it does follows from its seed alone.
    for round in (seed..).take_while(|_| Instant::now() < end) {
        let mut mutator = Mutator::new(round);
        for _ in 0..100 {
            let bytes = mutator.next(&seeds);
            hold(property, &bytes, || format!("SVRKIT_FUZZ_SEED={round} comes to it:"));
        }
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("the variable holds a number"))
}

fn hold(property: fn(&[u8]), bytes: &[u8], source: impl Fn() -> String) {
    if catch_unwind(AssertUnwindSafe(|| property(bytes))).is_err() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        panic!("{} {hex} breaks the property", source());
    }
}
