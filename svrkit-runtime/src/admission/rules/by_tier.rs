//! From which tiers of load on a method does less: as said of it now, where its schema spoke first.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::admission::tier::Tier;

/// Read by calls while the server is not calm, and changed by who holds the method to something else.
#[derive(Debug, Default)]
pub(crate) struct ByTier {
    /// [`NEVER`], or the tier's number: what holds while all is calm holds always, and is nothing that load brings about.
    degraded_from: AtomicU8,
    refused_from: AtomicU8,
}

const NEVER: u8 = Tier::Calm.number();

impl ByTier {
    pub(super) fn set(&self, degraded_from: Option<Tier>, refused_from: Option<Tier>) {
        let number = |from: Option<Tier>| from.map_or(NEVER, Tier::number);
        self.degraded_from.store(number(degraded_from), Ordering::Relaxed);
        self.refused_from.store(number(refused_from), Ordering::Relaxed);
    }

    /// Whether its second handler answers under this load.
    pub(crate) fn degrades(&self, tier: Tier) -> bool {
        reaches(tier, &self.degraded_from)
    }

    /// Whether its calls are refused under this load.
    pub(crate) fn refuses(&self, tier: Tier) -> bool {
        reaches(tier, &self.refused_from)
    }
}

fn reaches(tier: Tier, from: &AtomicU8) -> bool {
    let from = from.load(Ordering::Relaxed);
    from != NEVER && tier.number() >= from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_does_less_from_its_tier_on_and_never_where_it_has_none() {
        let tiers = [Tier::Calm, Tier::Busy, Tier::High, Tier::Critical];
        let by_tier = ByTier::default();
        let does = |by_tier: &ByTier| {
            tiers.map(|tier| u8::from(by_tier.degrades(tier)) + 2 * u8::from(by_tier.refuses(tier)))
        };
        for (degraded_from, refused_from, expected) in [
            (None, None, [0, 0, 0, 0]),
            (Some(Tier::Busy), None, [0, 1, 1, 1]),
            (Some(Tier::High), Some(Tier::Critical), [0, 0, 1, 3]),
            (None, Some(Tier::Busy), [0, 2, 2, 2]),
            // No word of a schema, nor of a configuration.
            (Some(Tier::Calm), Some(Tier::Calm), [0, 0, 0, 0]),
        ] {
            by_tier.set(degraded_from, refused_from);
            assert_eq!(does(&by_tier), expected, "{degraded_from:?}, {refused_from:?}");
        }
    }
}
