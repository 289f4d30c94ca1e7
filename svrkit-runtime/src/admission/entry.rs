//! How important calls are at an entry, where callers are strangers: no more than the schema says, whatever they claim.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::dispatch::Router;
use crate::log;
use crate::priority::Priority;
use crate::wire::frame::RequestFacts;

/// For so long a user has the same rank. Then others are the unlucky ones.
const TURN: Duration = Duration::from_secs(3600);

/// What replaces a stranger's word. Ranks depend on a secret of the process, so that nobody can choose a good one.
#[derive(Debug)]
pub(crate) struct Entry {
    secret: RandomState,
    born: Instant,
}

/// Who stands at a connection of a stranger. What was decided last holds for most of the calls after it: they are of the same method and user.
#[derive(Debug)]
pub(crate) struct Porter {
    entry: Arc<Entry>,
    router: Arc<Router>,
    /// Where the stranger is; who names no user by a route key is told apart by that.
    address: Option<IpAddr>,
    last: Option<Decided>,
}

/// What was decided, and for which calls.
#[derive(Clone, Copy, Debug)]
struct Decided {
    ids: (u32, u16),
    route_hash: u32,
    /// Of no more important class are they.
    class: u8,
    rank: u8,
    until: Instant,
}

impl Entry {
    pub(crate) fn new(now: Instant) -> Self {
        Self { secret: RandomState::new(), born: now }
    }

    /// The priority of a call of a stranger at `address`.
    pub(crate) fn priority(
        &self,
        call: &RequestFacts,
        address: Option<IpAddr>,
        router: &Router,
        now: Instant,
    ) -> Priority {
        self.decide(call, address, router, now).priority(call.priority)
    }

    fn decide(&self, call: &RequestFacts, address: Option<IpAddr>, router: &Router, now: Instant) -> Decided {
        let user = if call.route_hash == 0 { Err(address) } else { Ok(call.route_hash) };
        let (rank, until) = self.rank(user, now);
        // Of a method that there is not it will be refused for that.
        let class = router.method(call.ids()).map_or(Priority::LOSSY.class, |spec| spec.priority.class);
        Decided { ids: call.ids(), route_hash: call.route_hash, class, rank, until }
    }

    /// The rank of a user, and until when.
    fn rank(&self, user: impl Hash, now: Instant) -> (u8, Instant) {
        let turn = now.saturating_duration_since(self.born).as_secs() / TURN.as_secs();
        let [rank, ..] = self.secret.hash_one((user, turn)).to_le_bytes();
        (rank, self.born + Duration::from_secs((turn + 1) * TURN.as_secs()))
    }
}

impl Decided {
    fn priority(self, claimed: Priority) -> Priority {
        Priority { class: claimed.class.max(self.class), rank: self.rank }
    }
}

impl Porter {
    pub(crate) fn new(entry: &Arc<Entry>, router: &Arc<Router>, address: Option<IpAddr>) -> Self {
        Self { entry: Arc::clone(entry), router: Arc::clone(router), address, last: None }
    }

    /// The priority of a call that claims one: of no more important class than the schema gives its method, and of the rank that is its user's turn.
    #[inline]
    pub(crate) fn priority(&mut self, call: &RequestFacts, now: Instant) -> Priority {
        let is_of =
            |last: &Decided| (last.ids, last.route_hash) == (call.ids(), call.route_hash) && now < last.until;
        let decided = self.last.filter(is_of).unwrap_or_else(|| self.decide(call, now));
        if call.priority.class < decided.class {
            log::claim_not_taken(self.router.method(call.ids()), call.priority.class, decided.class);
        }
        decided.priority(call.priority)
    }

    #[cold]
    fn decide(&mut self, call: &RequestFacts, now: Instant) -> Decided {
        let decided = self.entry.decide(call, self.address, &self.router, now);
        self.last = Some(decided);
        decided
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dispatch::{Call, Service};
    use crate::interceptor::Chain;
    use crate::spec::{ServiceSpec, Spec};

    static PAY: Spec = Spec::new("shop.Orders", 2000, "Pay", 1).priority(64);
    static LIST: Spec = Spec::new("shop.Orders", 2000, "List", 2).priority(192);
    static ORDERS: ServiceSpec = ServiceSpec::new("shop.Orders", 2000, &[&PAY, &LIST]);

    struct Orders;

    impl Service for Orders {
        fn spec(&self) -> &'static ServiceSpec {
            &ORDERS
        }

        fn dispatch(&self, _: Call) {}
    }

    fn porter(now: Instant) -> Porter {
        let router = Router::new([Arc::new(Orders) as Arc<dyn Service>], Chain::default()).unwrap();
        Porter::new(&Arc::new(Entry::new(now)), &Arc::new(router), None)
    }

    fn call(method_id: u16, priority: Priority, route_hash: u32) -> RequestFacts {
        RequestFacts { service_id: 2000, method_id, priority, route_hash, ..RequestFacts::default() }
    }

    #[test]
    fn nobody_is_more_important_than_the_schema_says() {
        let now = Instant::now();
        let mut porter = porter(now);
        for (method_id, claimed, class) in [
            (1, Priority::CORE, 64),
            (1, Priority::IMPORTANT, 64),
            (2, Priority::CORE, 192),
            (1, Priority::LOSSY, 192),
            (1, Priority::CORE, 64),
            // Of which nothing is known.
            (9, Priority::CORE, 192),
        ] {
            assert_eq!(porter.priority(&call(method_id, claimed, 7), now).class, class, "{method_id}");
        }
    }

    #[test]
    fn a_user_has_one_rank_for_an_hour_and_another_then_whatever_it_claims() {
        let now = Instant::now();
        let mut porter = porter(now);
        let mut ranks = |after: Duration, claimed: u8| -> Vec<u8> {
            let claimed = Priority { class: 64, rank: claimed };
            (0..64).map(|user| porter.priority(&call(1, claimed, user), now + after).rank).collect()
        };
        let first = ranks(Duration::ZERO, 0);
        assert_eq!(ranks(TURN - Duration::from_secs(1), 9), first);
        assert_ne!(ranks(TURN, 0), first);
        assert!(first.iter().collect::<HashSet<_>>().len() > 16, "users are told apart: {first:?}");
        // What was decided last holds no longer than the turn.
        let mut one = |after| porter.priority(&call(1, Priority::IMPORTANT, 7), now + after).rank;
        let turns: HashSet<u8> = (0..20).map(|turn| one(TURN * turn)).collect();
        assert!(turns.len() > 10, "{turns:?}");
    }
}
