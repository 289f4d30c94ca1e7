//! Faults on the way of calls, where and as often as a test says.

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::chance::Chance;
use crate::interceptor::{Envelope, Interceptor, Next, Reply};
use crate::spec::Spec;
use crate::status::Status;

/// What goes wrong with some calls, as an interceptor of a client, or of a server.
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::testing::{InjectedFault, Faults};
/// use svrkit_runtime::{Client, Spec, Status};
///
/// // Generated, as `ORDERS_PLACE` for the method `Place` of `Orders`.
/// static ORDERS_PLACE: Spec = Spec::new("shop.Orders", 2310, "Place", 1);
///
/// let faults = Faults::seeded(7)
///     .with(InjectedFault::refuse(Status::unavailable("no route")).of(&ORDERS_PLACE).nth(2))
///     .with(InjectedFault::delay(Duration::from_millis(50)).with_probability(0.1));
/// let client = Client::builder("127.0.0.1:4310").interceptor(faults.clone()).lazy();
/// // … calls …
/// assert_eq!(faults.struck(), 0);
/// ```
///
/// Faults strike in the order they were added: one that delays lets the next ones strike as well, the first that refuses ends the call.
/// Which calls a probability strikes follows from the seed and the order of the calls alone, whatever other faults there are; each
/// fault has chances of its own. A clone is another handle of the same faults.
///
/// At a client, a fault strikes what an application sees: a retry that a client makes by itself would be a call of its own. Of
/// a stream it is the beginning that is delayed, refused or lost. What goes wrong with connections, and with all their calls at once, is
/// [`TestServer::crash`](super::TestServer::crash).
#[derive(Clone)]
pub struct Faults(Arc<Mutex<State>>);

struct State {
    seed: u64,
    faults: Vec<Planned>,
    /// How many there have ever been: none gets the chances of one that was cleared.
    added: u64,
    struck: usize,
}

/// A fault, and what it has seen.
struct Planned {
    fault: InjectedFault,
    calls: usize,
    chance: Chance,
}

/// One kind of fault: what happens, and to which calls. To all, unless [`of`](Self::of), [`nth`](Self::nth) or
/// [`with_probability`](Self::with_probability) say otherwise.
#[derive(Clone, Debug)]
#[must_use = "a fault strikes nobody until it is added to faults"]
pub struct InjectedFault {
    kind: Kind,
    /// Service and method.
    method: Option<(u32, u16)>,
    when: When,
}

#[derive(Clone, Debug)]
enum Kind {
    Delay(Duration),
    Refuse(Status),
    /// What the caller gets instead; `None`: nothing.
    Lose(Option<Status>),
}

#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    /// Counted from 1.
    Nth(usize),
    Probability(f64),
}

impl InjectedFault {
    /// The call waits before it goes on, within its deadline.
    pub fn delay(by: Duration) -> Self {
        Self::new(Kind::Delay(by))
    }

    /// The call ends with `status` and goes no further: no handler has seen it.
    pub fn refuse(status: Status) -> Self {
        Self::new(Kind::Refuse(status))
    }

    /// The call is handled, and its answer never arrives: the caller waits until its deadline.
    pub fn lose_answer() -> Self {
        Self::new(Kind::Lose(None))
    }

    /// The call is handled, and the caller gets `status` for its answer, as where a connection ends between the two.
    pub fn answer_with(status: Status) -> Self {
        Self::new(Kind::Lose(Some(status)))
    }

    fn new(kind: Kind) -> Self {
        Self { kind, method: None, when: When::Always }
    }

    /// Strikes calls of this method only.
    pub fn of(mut self, spec: &Spec) -> Self {
        self.method = Some((spec.service_id, spec.method_id));
        self
    }

    /// Strikes the `nth` call only, counted from 1, of those of its method.
    ///
    /// # Panics
    ///
    /// Where it is 0: no call would be struck.
    #[track_caller]
    pub fn nth(mut self, nth: usize) -> Self {
        assert!(nth > 0, "calls are counted from 1: a fault of the call 0 would strike none");
        self.when = When::Nth(nth);
        self
    }

    /// Strikes each call with this probability, from 0 (never) to 1 (always).
    ///
    /// # Panics
    ///
    /// Where it is none.
    #[track_caller]
    pub fn with_probability(mut self, probability: f64) -> Self {
        assert!(
            (0.0..=1.0).contains(&probability),
            "a probability is from 0 to 1, and this one is {probability}"
        );
        self.when = When::Probability(probability);
        self
    }

    fn concerns(&self, spec: &Spec) -> bool {
        self.method.is_none_or(|method| method == (spec.service_id, spec.method_id))
    }
}

impl Faults {
    /// No faults yet; those with a probability strike as this seed says.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State { seed, faults: Vec::new(), added: 0, struck: 0 })))
    }

    /// Adds a fault.
    #[must_use]
    pub fn with(self, fault: InjectedFault) -> Self {
        self.add(fault);
        self
    }

    /// Adds a fault while calls are made.
    pub fn add(&self, fault: InjectedFault) {
        let mut state = self.lock();
        let chance = Chance::new(state.seed, state.added);
        state.added += 1;
        state.faults.push(Planned { fault, calls: 0, chance });
    }

    /// Everything goes well from here on.
    pub fn clear(&self) {
        self.lock().faults.clear();
    }

    /// How often a fault has struck.
    #[must_use]
    pub fn struck(&self) -> usize {
        self.lock().struck
    }

    /// What strikes the next call of this method, up to what ends it.
    fn strike(&self, spec: &Spec) -> Vec<Kind> {
        let mut state = self.lock();
        let mut strikes: Vec<Kind> = Vec::new();
        for planned in state.faults.iter_mut().filter(|planned| planned.fault.concerns(spec)) {
            // Those behind one that refuses see the call all the same: what they strike next is theirs alone.
            let strike = planned.strike();
            if !matches!(strikes.last(), Some(Kind::Refuse(_))) {
                strikes.extend(strike);
            }
        }
        state.struck += strikes.len();
        strikes
    }

    /// Nothing that runs under the lock leaves it half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planned {
    fn strike(&mut self) -> Option<Kind> {
        self.calls += 1;
        let strikes = match self.fault.when {
            When::Always => true,
            When::Nth(nth) => self.calls == nth,
            When::Probability(probability) => self.chance.next() < probability,
        };
        strikes.then(|| self.fault.kind.clone())
    }
}

impl Interceptor for Faults {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        let mut lost = None;
        for strike in self.strike(envelope.spec()) {
            match strike {
                Kind::Delay(by) => tokio::time::sleep(by).await,
                Kind::Refuse(status) => return Err(status),
                Kind::Lose(instead) => lost = Some(instead),
            }
        }
        let outcome = next.run(envelope).await;
        match lost {
            None => outcome,
            Some(Some(instead)) => Err(instead),
            Some(None) => pending().await,
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Faults")
            .field("seed", &state.seed)
            .field("faults", &state.faults.iter().map(|planned| &planned.fault).collect::<Vec<_>>())
            .field("struck", &state.struck)
            .finish()
    }
}
