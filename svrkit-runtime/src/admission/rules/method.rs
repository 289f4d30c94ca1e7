//! The methods of a server, and what is known of each where calls are taken.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::bulkhead::Bulkhead;
use super::by_tier::ByTier;
use super::held::MethodRules;
use super::meter::Meter;
use super::usual::{Known, Seen, Usual};
use crate::random;
use crate::spec::{ServiceSpec, Spec, Streaming};
use crate::status::TakeLastGood;

/// One call of so many passes that have less time than is usual: so it is seen when less has become enough.
const PASSES: u32 = 100;

/// For a part of that, by chance, no call of a method is looked at after one has ended that was: a busy method is known by a few of its calls, and
/// nobody's rhythm is to decide by which.
const REST_MAX: Duration = Duration::from_millis(20);

/// Of the kit's services none: these are not held to rules.
#[derive(Debug)]
pub(crate) struct Methods {
    /// Sorted by id, as the methods of each are.
    services: Vec<(u32, Vec<Arc<Method>>)>,
    born: Instant,
    /// Who has more time than that, in microseconds, need not ask: the longest of the usual times, or the longest of all times where methods are held to more.
    asks_us: AtomicU32,
    /// Whether any of them is held to more than its usual time.
    are_held: AtomicBool,
    callers_are_held: AtomicBool,
    /// Whether methods have places of their own at all.
    keeps_places: bool,
    /// Those that have places of their own.
    reserved: RwLock<Vec<Arc<Method>>>,
}

/// What is known of a method.
#[derive(Debug)]
pub(crate) struct Method {
    pub(in crate::admission) spec: &'static Spec,
    usual: Mutex<Usual>,
    /// What [`Usual`] has said last, in microseconds, and until when that holds, in nanoseconds since the server's birth.
    takes_us: AtomicU32,
    known_until: AtomicU64,
    /// Calls with less time than that.
    short: AtomicU32,
    /// When the next call is to be looked at, in nanoseconds since the server's birth.
    look_at: AtomicU64,
    /// Of all callers together.
    pub(super) meter: Meter,
    /// Of each caller; what has come of it is in a table that all methods share.
    pub(super) caller_meter: Meter,
    pub(super) bulkhead: Bulkhead,
    by_tier: ByTier,
    /// How old an answer may be that callers take in the place of a refusal, in milliseconds; 0: they are told of none.
    last_good_ms: AtomicU32,
    held_to: Mutex<MethodRules>,
}

/// A call that is looked at, to learn how long its method takes.
#[derive(Debug)]
pub(super) struct Timed {
    methods: Arc<Methods>,
    method: Arc<Method>,
    arrived: Instant,
}

impl Methods {
    pub(in crate::admission) fn new(
        services: impl IntoIterator<Item = &'static ServiceSpec>,
        keeps_places: bool,
        now: Instant,
    ) -> Self {
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
        let methods = Self {
            services,
            born: now,
            asks_us: AtomicU32::new(0),
            are_held: AtomicBool::new(false),
            callers_are_held: AtomicBool::new(false),
            keeps_places,
            reserved: RwLock::default(),
        };
        methods.all().for_each(|method| method.hold(MethodRules::of(method.spec), keeps_places));
        methods.look();
        methods
    }

    /// The method of this full name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Method>> {
        self.all().find(|method| method.spec.to_string() == name)
    }

    /// Holds a method to other rules from now on.
    pub(in crate::admission) fn hold(&self, method: &Method, rules: MethodRules) {
        method.hold(rules, self.keeps_places);
        self.look();
    }

    /// Says whether callers are held to a rate, whatever they call.
    pub(super) fn hold_callers(&self, are_held: bool) {
        self.callers_are_held.store(are_held, Ordering::Relaxed);
        self.look();
    }

    fn look(&self) {
        let mut reserved = self.reserved.write().unwrap_or_else(PoisonError::into_inner);
        *reserved = self.all().filter(|method| method.bulkhead.reserve() > 0).cloned().collect();
        let are_held = self.callers_are_held.load(Ordering::Relaxed)
            || self.all().any(|method| method.rules().concern_each_call());
        self.are_held.store(are_held, Ordering::Relaxed);
        self.tell_who_asks();
    }

    fn tell_who_asks(&self) {
        let longest = self.all().map(|method| method.takes_us.load(Ordering::Relaxed)).max().unwrap_or(0);
        self.asks_us.store(if self.are_held() { u32::MAX } else { longest }, Ordering::Relaxed);
    }

    /// Whether any method is held to more than its usual time.
    #[inline]
    pub(super) fn are_held(&self) -> bool {
        self.are_held.load(Ordering::Relaxed)
    }

    /// Places that methods have of their own, and how many of these nobody has.
    pub(crate) fn reserved(&self) -> (u32, u32) {
        let reserved = self.reserved.read().unwrap_or_else(PoisonError::into_inner);
        reserved.iter().fold((0, 0), |(all, kept): (u32, u32), method| {
            (all.saturating_add(method.bulkhead.reserve()), kept.saturating_add(method.bulkhead.kept()))
        })
    }

    /// A time as meters count it.
    pub(super) fn nanos(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.born).as_nanos()).unwrap_or(u64::MAX)
    }

    /// The method of these ids; `None`: it is the kit's, or nobody's.
    pub(in crate::admission) fn of(&self, (service_id, method_id): (u32, u16)) -> Option<&Arc<Method>> {
        let at = self.services.binary_search_by_key(&service_id, |(id, _)| *id).ok()?;
        let (_, methods) = self.services.get(at)?;
        let at = methods.binary_search_by_key(&method_id, |method| method.spec.method_id).ok()?;
        methods.get(at)
    }

    /// What a refusal for load says of last good answers to a call of these ids.
    pub(crate) fn last_good(&self, ids: (u32, u16)) -> Option<TakeLastGood> {
        self.of(ids)?.last_good()
    }

    /// Whether a call that has so much time left is to be looked at, whatever it calls.
    #[inline]
    pub(super) fn ask(&self, remaining_us: u32) -> bool {
        remaining_us <= self.asks_us.load(Ordering::Relaxed)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Method>> {
        self.services.iter().flat_map(|(_, methods)| methods)
    }

    fn tell(&self, method: &Method, known: Option<Known>) {
        let Known { takes, until } = known.unwrap_or(Known { takes: Duration::ZERO, until: self.born });
        method.known_until.store(self.nanos(until), Ordering::Relaxed);
        method.takes_us.store(u32::try_from(takes.as_micros()).unwrap_or(u32::MAX), Ordering::Relaxed);
        self.tell_who_asks();
    }

    /// What the method usually takes; `None`: that is not known, or nothing to speak of.
    pub(super) fn takes(&self, method: &Method, now: Instant) -> Option<Duration> {
        let is_known = method.known_until.load(Ordering::Relaxed) > self.nanos(now);
        let takes_us = method.takes_us.load(Ordering::Relaxed);
        (is_known && takes_us > 0).then(|| Duration::from_micros(takes_us.into()))
    }
}

/// Of a server that has none.
impl Default for Methods {
    fn default() -> Self {
        Self::new([], false, Instant::now())
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
            look_at: AtomicU64::new(0),
            meter: Meter::default(),
            caller_meter: Meter::default(),
            bulkhead: Bulkhead::default(),
            by_tier: ByTier::default(),
            last_good_ms: AtomicU32::new(0),
            held_to: Mutex::default(),
        }
    }

    fn hold(&self, rules: MethodRules, keeps_places: bool) {
        self.meter.set(rules.rate);
        self.caller_meter.set(rules.caller_rate);
        self.bulkhead.set(rules.running_max, if keeps_places { rules.reserve } else { 0 });
        self.by_tier.set(rules.degraded_from, rules.refused_from);
        self.last_good_ms.store(millis(rules.last_good), Ordering::Relaxed);
        *self.held_to.lock().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// What it is held to.
    pub(super) fn rules(&self) -> MethodRules {
        *self.held_to.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What its callers are told of last good answers, where a call is refused for load.
    fn last_good(&self) -> Option<TakeLastGood> {
        let ms = self.last_good_ms.load(Ordering::Relaxed);
        // The caller's schema says as much: a refusal need not.
        let is_of_schema = ms == millis(self.spec.last_good);
        let age_max = (!is_of_schema).then(|| Duration::from_millis(ms.into()));
        (ms > 0).then_some(TakeLastGood { age_max, lasts: None })
    }

    /// Whether it has so many handlers at most, or places of its own.
    pub(super) fn has_bulkhead(&self) -> bool {
        self.bulkhead.max().is_some() || self.bulkhead.reserve() > 0
    }

    /// What it has of the server's handlers.
    pub(crate) fn bulkhead(&self) -> &Bulkhead {
        &self.bulkhead
    }

    /// What it does less as load rises.
    pub(crate) fn by_tier(&self) -> &ByTier {
        &self.by_tier
    }

    /// Whether a call that has less time than is usual passes all the same.
    pub(super) fn passes_short(&self) -> bool {
        passes(self.short.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether it is time to look at another call of it.
    pub(super) fn is_due(&self, now: u64) -> bool {
        self.look_at.load(Ordering::Relaxed) <= now
    }

    /// One was looked at, and none is again before so long.
    fn rest(&self, now: u64, time: Duration) {
        self.look_at.store(now.saturating_add(time.as_nanos() as u64), Ordering::Relaxed);
    }

    /// Whether its calls have times that can be compared: how long a stream lasts is its callers' affair, and for a oneway call nobody waits.
    pub(super) fn is_timed(&self) -> bool {
        self.spec.streaming == Streaming::Unary && !self.spec.oneway
    }
}

fn millis(time: Option<Duration>) -> u32 {
    time.map_or(0, |time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX))
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
        self.method.rest(self.methods.nanos(now), random::part_of(REST_MAX));
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
        let methods = Methods::new([&ORDERS, &KIT], true, Instant::now());
        let found = |ids| methods.of(ids).map(|method| method.spec.method);
        assert_eq!(found((2000, 1)), Some("Status"));
        assert_eq!(found((2000, 2)), Some("Place"));
        assert_eq!([found((2000, 3)), found((1, 1)), found((2001, 1))], [None; 3]);
    }

    #[test]
    fn what_is_usual_is_told_until_it_is_forgotten_and_the_longest_to_all() {
        let now = Instant::now();
        let methods = Arc::new(Methods::new([&ORDERS], true, now));
        let (slow, fast) = (methods.of((2000, 2)).unwrap(), methods.of((2000, 1)).unwrap());
        let (mut at, ms) = (now, Duration::from_millis);
        for _ in 0..100 {
            at += ms(10);
            Timed::new(&methods, slow, at - ms(200)).end(at, Seen::Ended);
            Timed::new(&methods, fast, at - ms(1)).end(at, Seen::Ended);
        }
        let takes = |method, at| methods.takes(method, at).map(|takes| takes.as_millis());
        assert_eq!((takes(slow, at), takes(fast, at)), (Some(181), None));
        assert_eq!(
            [181_000, 182_000].map(|us| methods.ask(us)),
            [true, false],
            "who has more time need not ask"
        );
        methods.hold(fast, MethodRules { reserve: 1, ..MethodRules::default() });
        assert!(methods.ask(u32::MAX), "but where methods are held to something all have to");
        methods.hold(fast, MethodRules::default());
        assert!(!methods.ask(182_000));
        assert_eq!(takes(slow, at + Duration::from_secs(60)), None, "that was long ago");
    }

    #[test]
    fn of_a_busy_method_few_calls_are_looked_at_and_of_a_quiet_one_each() {
        for (every_us, looked_at) in [(10, 100), (20_000, 50)] {
            let method = Method::new(&SLOW);
            let calls = (0..1_000_000 / every_us).map(|call| call * every_us * 1000);
            let due = calls.filter(|now| {
                let is_due = method.is_due(*now);
                if is_due {
                    method.rest(*now, REST_MAX / 2);
                }
                is_due
            });
            assert_eq!(due.count(), looked_at, "a call each {every_us} us for a second");
        }
    }

    #[test]
    fn one_in_a_hundred_passes() {
        assert_eq!((0..1000).filter(|before| passes(*before)).count(), 10);
        assert!(!passes(0), "a lone one does not");
    }
}
