//! Computing for a known time: so many turns of a loop that no compiler can shorten.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Turns of one try.
const TRY: u64 = 200_000;
/// Tries; the fastest counts, for nothing but others makes one slower.
const TRIES: u32 = 20;

/// Computes for so many turns.
pub(crate) fn spin(turns: u64) {
    let mut state = black_box(0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..turns {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    black_box(state);
}

/// How many turns take so long on this machine now, where nothing else wants the core.
pub(crate) fn spins_for(time: Duration) -> u64 {
    let fastest = (0..TRIES).map(|_| {
        let began = Instant::now();
        spin(TRY);
        began.elapsed()
    });
    let fastest = fastest.min().unwrap_or_default().as_secs_f64().max(1e-9);
    (TRY as f64 * time.as_secs_f64() / fastest) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_time_is_twice_the_turns() {
        let (once, twice) = (
            spins_for(Duration::from_millis(1)),
            spins_for(Duration::from_millis(2)),
        );
        // A busy machine may slow down every try of one of them.
        assert!(once > 1_000 && twice > once / 10, "{once} {twice}");
        assert_eq!(spins_for(Duration::ZERO), 0);
    }
}
