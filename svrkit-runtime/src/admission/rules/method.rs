//! The methods of a server, and what is known of each where calls are taken.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::usual::{Known, Seen, Usual};
use crate::spec::{ServiceSpec, Spec, Streaming};

/// One call of so many passes that have less time than is usual: so it is seen when less has become enough.
const PASSES: u32 = 100;

/// Of the kit's services none: these are not held to rules.
#[derive(Debug)]
pub(super) struct Methods {
    /// Sorted by id, as the methods of each are.
    services: Vec<(u32, Vec<Arc<Method>>)>,
    born: Instant,
    /// The longest of the usual times, in microseconds: who has more time than that need not ask.
    longest_us: AtomicU32,
}

/// What is known of a method.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) spec: &'static Spec,
    usual: Mutex<Usual>,
    /// What [`Usual`] has said last, in microseconds, and until when that holds, in nanoseconds since the server's birth.
    takes_us: AtomicU32,
    known_until: AtomicU64,
    /// Calls with less time than that.
    short: AtomicU32,
}

/// A call that is looked at, to learn how long its method takes.
#[derive(Debug)]
pub(super) struct Timed {
    methods: Arc<Methods>,
    method: Arc<Method>,
    arrived: Instant,
}

impl Methods {
    pub(super) fn new(services: impl IntoIterator<Item = &'static ServiceSpec>, now: Instant) -> Self {
        let of = |spec: &&'static Spec| Arc::new(Method::new(spec));
        let served = services.into_iter().filter(|service| !service.is_kit());
        let mut services: Vec<_> = served
            .map(|service| {
                let mut methods: Vec<_> = service.methods.iter().map(of).collect();
                methods.sort_by_key(|method| method.spec.method_id);
                (service.id, methods)
            })
            .collect();
        services.sort_by_key(|(id, _)| *id);
        Self { services, born: now, longest_us: AtomicU32::new(0) }
    }

    /// The method of these ids; `None`: it is the kit's, or nobody's.
    pub(super) fn of(&self, (service_id, method_id): (u32, u16)) -> Option<&Arc<Method>> {
        let at = self.services.binary_search_by_key(&service_id, |(id, _)| *id).ok()?;
        let (_, methods) = self.services.get(at)?;
        let at = methods.binary_search_by_key(&method_id, |method| method.spec.method_id).ok()?;
        methods.get(at)
    }

    /// The longest time that any method usually takes, in microseconds.
    #[inline]
    pub(super) fn longest_us(&self) -> u32 {
        self.longest_us.load(Ordering::Relaxed)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Method>> {
        self.services.iter().flat_map(|(_, methods)| methods)
    }

    fn tell(&self, method: &Method, known: Option<Known>) {
        let Known { takes, until } = known.unwrap_or(Known { takes: Duration::ZERO, until: self.born });
        let until = until.saturating_duration_since(self.born).as_nanos();
        method.known_until.store(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Relaxed);
        method.takes_us.store(u32::try_from(takes.as_micros()).unwrap_or(u32::MAX), Ordering::Relaxed);
        let all = self.all().map(|method| method.takes_us.load(Ordering::Relaxed));
        self.longest_us.store(all.max().unwrap_or(0), Ordering::Relaxed);
    }

    /// What the method usually takes; `None`: that is not known, or nothing to speak of.
    pub(super) fn takes(&self, method: &Method, now: Instant) -> Option<Duration> {
        let now = now.saturating_duration_since(self.born).as_nanos();
        let is_known = u128::from(method.known_until.load(Ordering::Relaxed)) > now;
        let takes_us = method.takes_us.load(Ordering::Relaxed);
        (is_known && takes_us > 0).then(|| Duration::from_micros(takes_us.into()))
    }
}

impl Method {
    fn new(spec: &'static Spec) -> Self {
        Self {
            spec,
            usual: Mutex::default(),
            takes_us: AtomicU32::new(0),
            known_until: AtomicU64::new(0),
            short: AtomicU32::new(0),
        }
    }

    /// Whether a call that has less time than is usual passes all the same.
    pub(super) fn passes_short(&self) -> bool {
        passes(self.short.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether its calls have times that can be compared: how long a stream lasts is its callers' affair, and for a oneway call nobody waits.
    pub(super) fn is_timed(&self) -> bool {
        self.spec.streaming == Streaming::Unary && !self.spec.oneway
    }
}

/// Whether the call passes before which there were so many others that had too little time.
fn passes(before: u32) -> bool {
    before % PASSES == PASSES - 1
}

impl Timed {
    pub(super) fn new(methods: &Arc<Methods>, method: &Arc<Method>, arrived: Instant) -> Self {
        Self { methods: Arc::clone(methods), method: Arc::clone(method), arrived }
    }

    /// Its handler ends now, by itself or not.
    pub(super) fn end(self, now: Instant, seen: Seen) {
        let took = now.saturating_duration_since(self.arrived);
        // Under the lock, so that what is told last was learned last.
        let mut usual = self.method.usual.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = usual.learn(now, took, seen) {
            self.methods.tell(&self.method, known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SLOW: Spec = Spec::new("shop.Orders", 2000, "Place", 2);
    static FAST: Spec = Spec::new("shop.Orders", 2000, "Status", 1);
    static ORDERS: ServiceSpec = ServiceSpec::new("shop.Orders", 2000, &[&SLOW, &FAST]);
    static KIT: ServiceSpec = ServiceSpec::new("svrkit.health.Health", 1, &[&FAST]);

    #[test]
    fn methods_are_found_by_their_ids_and_the_kits_are_not_among_them() {
        let methods = Methods::new([&ORDERS, &KIT], Instant::now());
        let found = |ids| methods.of(ids).map(|method| method.spec.method);
        assert_eq!(found((2000, 1)), Some("Status"));
        assert_eq!(found((2000, 2)), Some("Place"));
        assert_eq!([found((2000, 3)), found((1, 1)), found((2001, 1))], [None; 3]);
    }

    #[test]
    fn what_is_usual_is_told_until_it_is_forgotten_and_the_longest_to_all() {
        let now = Instant::now();
        let methods = Arc::new(Methods::new([&ORDERS], now));
        let (slow, fast) = (methods.of((2000, 2)).unwrap(), methods.of((2000, 1)).unwrap());
        let (mut at, ms) = (now, Duration::from_millis);
        for _ in 0..100 {
            at += ms(10);
            Timed::new(&methods, slow, at - ms(200)).end(at, Seen::Ended);
            Timed::new(&methods, fast, at - ms(1)).end(at, Seen::Ended);
        }
        let takes = |method, at| methods.takes(method, at).map(|takes| takes.as_millis());
        assert_eq!((takes(slow, at), takes(fast, at)), (Some(181), None));
        assert_eq!(methods.longest_us() / 1000, 181);
        assert_eq!(takes(slow, at + Duration::from_secs(60)), None, "that was long ago");
    }

    #[test]
    fn one_in_a_hundred_passes() {
        assert_eq!((0..1000).filter(|before| passes(*before)).count(), 10);
        assert!(!passes(0), "a lone one does not");
    }
}
