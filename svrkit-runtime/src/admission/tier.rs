//! How loaded the server is, in four words that people and schemas use.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio::time::Instant;

/// A lower tier is believed after so long.
pub(crate) const CALMS_IN: Duration = Duration::from_secs(1);

/// How loaded a server is; each is worse than the one before. What a method does as it rises, its schema says: `degraded-from` and
/// `refused-from`.
///
/// ```
/// use svrkit_runtime::Tier;
///
/// assert!(Tier::Calm < Tier::Busy && Tier::High < Tier::Critical);
/// assert_eq!(Tier::High.as_str(), "high");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Handlers start at once.
    #[default]
    Calm,
    /// Calls wait for their handlers.
    Busy,
    /// Some are refused.
    High,
    /// Most are.
    Critical,
}

impl Tier {
    /// Its word, as schemas and pages have it: `calm`, `busy`, `high` or `critical`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Busy => "busy",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// 0 for calm, and one more for each that is worse.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    /// The tier of this number, or the worst.
    pub(super) const fn of_number(number: u8) -> Self {
        match number {
            0 => Self::Calm,
            1 => Self::Busy,
            2 => Self::High,
            _ => Self::Critical,
        }
    }

    fn lower(self) -> Self {
        match self {
            Self::Calm | Self::Busy => Self::Calm,
            Self::High => Self::Busy,
            Self::Critical => Self::High,
        }
    }
}

/// A text that is no [`Tier`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATier;

impl FromStr for Tier {
    type Err = NotATier;

    fn from_str(word: &str) -> Result<Self, NotATier> {
        let tiers = [Self::Calm, Self::Busy, Self::High, Self::Critical];
        tiers.into_iter().find(|tier| tier.as_str() == word).ok_or(NotATier)
    }
}

impl fmt::Display for NotATier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected calm, busy, high or critical")
    }
}

impl std::error::Error for NotATier {}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The tier over time: it rises with the first window that is worse, and falls by one step after a second without such a one.
#[derive(Debug)]
pub(super) struct Tiers {
    tier: Tier,
    /// When a window was last as bad as the tier says.
    confirmed: Instant,
}

impl Tiers {
    pub(super) fn new(now: Instant) -> Self {
        Self { tier: Tier::Calm, confirmed: now }
    }

    pub(super) fn tier(&self) -> Tier {
        self.tier
    }

    /// Learns of a window in which calls waited for that share of what a queue may make them wait, and this share was refused.
    pub(super) fn learn(&mut self, now: Instant, wait_share: f64, refused_share: f64) {
        let seen = match () {
            () if refused_share > 0.5 => Tier::Critical,
            () if refused_share > 0.01 => Tier::High,
            () if wait_share > 0.25 => Tier::Busy,
            () => Tier::Calm,
        };
        if seen >= self.tier {
            (self.tier, self.confirmed) = (seen, now);
        } else if now.saturating_duration_since(self.confirmed) >= CALMS_IN {
            (self.tier, self.confirmed) = (self.tier.lower(), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_is_read_by_its_word_and_by_its_number() {
        for tier in [Tier::Calm, Tier::Busy, Tier::High, Tier::Critical] {
            assert_eq!((tier.to_string().parse(), Tier::of_number(tier.number())), (Ok(tier), tier));
        }
        assert_eq!(["", "Calm", "medium"].map(str::parse::<Tier>), [Err(NotATier); 3]);
    }

    #[test]
    fn it_rises_at_once_and_falls_a_step_a_second() {
        let born = Instant::now();
        let mut tiers = Tiers::new(born);
        // Milliseconds, share of the wait, share refused, tier after it.
        for (ms, waits, refused, expected) in [
            (20, 0.2, 0.0, Tier::Calm),
            (40, 0.3, 0.0, Tier::Busy),
            (60, 1.0, 0.6, Tier::Critical),
            (80, 1.0, 0.1, Tier::Critical),
            (1_059, 1.0, 0.1, Tier::Critical),
            (1_060, 1.0, 0.1, Tier::High),
            (2_059, 0.0, 0.0, Tier::High),
            (2_060, 0.0, 0.0, Tier::Busy),
            (2_500, 1.0, 0.02, Tier::High),
            (3_500, 0.0, 0.0, Tier::Busy),
            (4_500, 0.0, 0.0, Tier::Calm),
        ] {
            tiers.learn(born + Duration::from_millis(ms), waits, refused);
            assert_eq!(tiers.tier(), expected, "after {ms} ms");
        }
    }
}
