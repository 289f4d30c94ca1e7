//! How important calls are at the entry, where callers are strangers.

use std::hash::{BuildHasher, Hash, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::priority::Priority;
use crate::spec::Spec;

/// For so long a user has the same rank. Then others are the unlucky ones.
const TURN: Duration = Duration::from_secs(3600);

/// What replaces a stranger's word. Ranks depend on a secret of the process, so that nobody can choose a good one.
#[derive(Debug)]
pub(crate) struct Entry {
    secret: RandomState,
    born: Instant,
}

impl Entry {
    pub(crate) fn new(now: Instant) -> Self {
        Self { secret: RandomState::new(), born: now }
    }

    /// The priority of a call that claims one, of a method, for a user, at a time: of no more important class than the schema gives the method, and
    /// of the rank that is the user's turn.
    pub(crate) fn priority(&self, claimed: Priority, spec: &Spec, user: impl Hash, now: Instant) -> Priority {
        let turn = now.saturating_duration_since(self.born).as_secs() / TURN.as_secs();
        let [rank, ..] = self.secret.hash_one((user, turn)).to_le_bytes();
        Priority { class: claimed.class.max(spec.priority.class), rank }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    static PAY: Spec = Spec::new("shop.Orders", 2000, "Pay", 1).priority(64);

    #[test]
    fn nobody_is_more_important_than_the_schema_says() {
        let now = Instant::now();
        let entry = Entry::new(now);
        for (claimed, class) in [(Priority::CORE, 64), (Priority::IMPORTANT, 64), (Priority::LOSSY, 192)] {
            assert_eq!(entry.priority(claimed, &PAY, 7, now).class, class);
        }
    }

    #[test]
    fn a_user_has_one_rank_for_an_hour_and_another_then_whatever_it_claims() {
        let now = Instant::now();
        let entry = Entry::new(now);
        let ranks = |after: Duration, claimed: u8| -> Vec<u8> {
            let claimed = Priority { class: 0, rank: claimed };
            (0..64).map(|user| entry.priority(claimed, &PAY, user, now + after).rank).collect()
        };
        let first = ranks(Duration::ZERO, 0);
        assert_eq!(ranks(TURN - Duration::from_secs(1), 9), first);
        assert_ne!(ranks(TURN, 0), first);
        assert!(first.iter().collect::<HashSet<_>>().len() > 16, "users are told apart: {first:?}");
    }
}
