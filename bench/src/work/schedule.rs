//! When calls are to be made, and for whom: decided beforehand, whatever becomes of those before.

use serde::{Deserialize, Serialize};

/// So much load for so long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Phase {
    /// Calls a second.
    pub rate: f64,
    pub seconds: f64,
}

/// How calls follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Spacing {
    /// By chance, each without regard to the others (Poisson).
    Chance,
    /// In equal distances: for bins too short for chance to even out.
    Even,
}

/// One call to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    /// Microseconds from the beginning on.
    pub at: u64,
    pub class: usize,
    /// Of its user, within the class.
    pub rank: u8,
}

/// The calls of `phases`, by class in the proportions of `shares`.
#[derive(Debug)]
pub(crate) struct Schedule {
    phases: Vec<Phase>,
    spacing: Spacing,
    shares: [f64; 4],
    dice: Dice,
    /// When the current phase began, and the last call was, in seconds.
    began: f64,
    now: f64,
}

impl Schedule {
    pub(crate) fn new(mut phases: Vec<Phase>, spacing: Spacing, shares: [f64; 4], seed: u64) -> Self {
        phases.reverse();
        Self {
            phases,
            spacing,
            shares,
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            began: 0.0,
            now: 0.0,
        }
    }
}

impl Iterator for Schedule {
    type Item = Planned;

    fn next(&mut self) -> Option<Planned> {
        loop {
            let phase = *self.phases.last()?;
            let distance = match self.spacing {
                Spacing::Even => 1.0,
                Spacing::Chance => -(1.0 - self.dice.share()).ln(),
            };
            self.now += distance / phase.rate.max(1e-9);
            let end = self.began + phase.seconds;
            if self.now < end {
                break;
            }
            // A gap knows nothing of what was before it, so that of the next phase begins with it.
            self.phases.pop();
            (self.began, self.now) = (end, end);
        }
        let mut thrown = self.dice.share() * self.shares.iter().sum::<f64>();
        let class = self.shares.iter().position(|share| {
            thrown -= share;
            thrown < 0.0
        });
        Some(Planned {
            at: (self.now * 1e6) as u64,
            class: class.unwrap_or(self.shares.len() - 1),
            rank: (self.dice.share() * 256.0) as u8,
        })
    }
}

/// Marsaglia's xorshift64*: the same calls for every peer.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHASES: [Phase; 2] = [
        Phase {
            rate: 1000.0,
            seconds: 2.0,
        },
        Phase {
            rate: 3000.0,
            seconds: 1.0,
        },
    ];
    const SHARES: [f64; 4] = [0.1, 0.2, 0.3, 0.4];

    fn close(count: usize, expected: f64) -> bool {
        (count as f64 / expected - 1.0).abs() < 0.1
    }

    #[test]
    fn each_phase_and_each_class_has_its_share() {
        let calls: Vec<Planned> = Schedule::new(PHASES.into(), Spacing::Chance, SHARES, 7).collect();
        let early = calls.iter().filter(|call| call.at < 2_000_000).count();
        assert!(
            close(early, 2000.0) && close(calls.len() - early, 3000.0),
            "{early} of {}",
            calls.len()
        );
        for (class, share) in SHARES.into_iter().enumerate() {
            let count = calls.iter().filter(|call| call.class == class).count();
            assert!(close(count, share * calls.len() as f64), "{class}: {count}");
        }
        assert!(calls.is_sorted_by_key(|call| call.at));
        assert!(calls.iter().any(|call| call.rank > 250) && calls.iter().any(|call| call.rank < 5));
    }

    #[test]
    fn even_calls_have_equal_distances() {
        let calls: Vec<Planned> = Schedule::new(PHASES.into(), Spacing::Even, SHARES, 7).collect();
        let gaps: Vec<u64> = calls.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
        assert!(gaps[..1900].iter().all(|gap| (999..=1001).contains(gap)));
        assert!(gaps[2100..].iter().all(|gap| (332..=335).contains(gap)));
    }

    #[test]
    fn the_same_seed_makes_the_same_calls() {
        let calls = |seed| Schedule::new(PHASES.into(), Spacing::Chance, SHARES, seed).collect::<Vec<_>>();
        assert_eq!(calls(3), calls(3));
        assert_ne!(calls(3), calls(4));
    }
}
