//! The rules that a call is held to as it arrives, by its header alone: is its time enough for what its method usually takes, do its caller and all callers together keep
//! to their rates, has its method as many handlers as it may have, and is there memory for its request.
//!
//! Each rule is a value of its own file, told the time and numbers; [`Rules`] asks them in their order, the cheapest first, and each is off, watching or on by itself
//! ([`ServerProtection`]). *Boundary:* the level and the queue, which know how much there is to do, are the [`Gate`](super::Gate)'s; a rule knows one method, or
//! one sum. What rules have taken for a call is its [`Pass`], and goes with it.
//!
//! A call to which no rule has anything to say costs a load. To learn how long methods take, some are looked at that are the first of a read: a hundred of each
//! method a second at most, at the cost of an allocation and a lock; for the others of these that is one more load.

mod bulkhead;
mod by_tier;
mod callers;
mod held;
mod memory;
mod meter;
mod method;
mod settings;
mod usual;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::bulkhead::{Occupied, kept_of};
use self::callers::Callers;
pub(crate) use self::held::{
    CALLER_RATE, DEGRADED_FROM, HANDLERS_MAX, LAST_GOOD, LAST_GOOD_MAX, RATE, REFUSED_FROM, RESERVE,
    RUNNING_MAX, TIERS,
};
pub use self::held::{MethodRules, NotHeld, ServerRules, UnknownMethod};
use self::memory::{Held, Memory};
use self::meter::{Meter, Pacing};
use self::method::Timed;
pub(crate) use self::method::{Method, Methods};
pub use self::settings::ServerProtection;
pub(crate) use self::settings::keys;
pub(crate) use self::usual::Seen;
use crate::config::Config;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::nearest::nearest;
use crate::spec::{ServiceSpec, Spec};
use crate::status::catalogue::admitting;
use crate::status::{Cause, Retry, Status};
use crate::wire::frame::RequestFacts;

/// The rules of one server.
#[derive(Debug)]
pub(crate) struct Rules {
    modes: ServerProtection,
    /// What calls are counted in that a rule would refuse, did it not only watch.
    metrics: Option<Metrics>,
    methods: Arc<Methods>,
    memory: Arc<Memory>,
    /// The rate of each caller, of all methods together.
    caller_meter: Meter,
    /// What callers have called, made when it is needed for so many.
    callers: OnceLock<Callers>,
    callers_max: usize,
    secret: RandomState,
    by_time: AtomicU64,
    by_rate: AtomicU64,
    by_bulkhead: AtomicU64,
    by_memory: AtomicU64,
}

/// A call as the rules see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arriving<'a> {
    pub(crate) facts: &'a RequestFacts,
    pub(crate) at: Instant,
    /// Whether it is the first of those that were read together.
    pub(crate) is_first: bool,
    /// Bytes of its request, with its metadata.
    pub(crate) len: usize,
}

/// What a call has that the rules let pass. Most have nothing.
#[derive(Debug, Default)]
pub(crate) struct Pass(Option<Box<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    timed: Option<Timed>,
    /// Is given back with it.
    held: Option<Held>,
    /// Where that has a bulkhead.
    method: Option<Arc<Method>>,
    /// Whether it counts among those that the method may have at once.
    is_counted: bool,
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Broken {
    /// It has less time than its method usually takes.
    Time { spec: &'static Spec, takes: Duration },
    /// Calls of the method come too often, of its caller or of all; this rate has room in so long.
    Rate { spec: &'static Spec, whose: Whose, wait: Duration },
    /// The method has as many calls as it may have.
    Bulkhead { spec: &'static Spec, max: u32 },
    /// There is no memory for its request.
    Memory { max: usize },
}

/// Whose calls come too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The caller's, of all methods.
    CallersOfAll,
    /// The caller's, of this method.
    CallersOfMethod,
    /// All callers', of this method.
    All,
}

/// Rules as people see them.
#[derive(Clone, Debug)]
pub(crate) struct RulesSeen {
    pub(crate) usual_time: Mode,
    pub(crate) rates: Mode,
    pub(crate) bulkheads: Mode,
    pub(crate) memory: Mode,
    /// The method that is known to take longest.
    pub(crate) longest: Option<Longest>,
    /// Bytes of requests in flight, and how many may be.
    pub(crate) held: usize,
    pub(crate) held_max: usize,
    pub(crate) refused_by_time: u64,
    pub(crate) refused_by_rate: u64,
    pub(crate) refused_by_bulkhead: u64,
    pub(crate) refused_by_memory: u64,
    /// Callers that fell out of the table while they were ahead of their rates.
    pub(crate) callers_forgotten: u64,
}

/// What a method is held to, as people see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MethodSeen {
    pub(crate) spec: &'static Spec,
    pub(crate) rules: MethodRules,
    /// Calls that count among those that it may have at once.
    pub(crate) calls: u32,
    /// Handlers under way that count among those that have places of its own.
    pub(crate) running: u32,
}

/// What a method is known to take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Longest {
    pub(crate) spec: &'static Spec,
    pub(crate) takes: Duration,
}

impl Rules {
    pub(crate) fn new(
        modes: ServerProtection,
        limits: &Limits,
        services: impl IntoIterator<Item = &'static ServiceSpec>,
        metrics: Option<&Metrics>,
    ) -> Self {
        // One of any length is taken by whoever takes it at all.
        let memory = limits.calls_memory.max(limits.message_in as usize);
        Self {
            modes,
            metrics: metrics.cloned(),
            methods: Arc::new(Methods::new(services, modes.bulkheads.is_on(), Instant::now())),
            memory: Arc::new(Memory::new(memory)),
            caller_meter: Meter::default(),
            callers: OnceLock::new(),
            callers_max: limits.rate_callers,
            secret: RandomState::new(),
            by_time: AtomicU64::new(0),
            by_rate: AtomicU64::new(0),
            by_bulkhead: AtomicU64::new(0),
            by_memory: AtomicU64::new(0),
        }
    }

    /// What does not depend on how much there is to do: asked first. Not of the kit's calls.
    #[inline]
    pub(crate) fn admit(
        &self,
        call: &Arriving<'_>,
        caller: impl FnOnce(&RandomState) -> u64,
    ) -> Result<Pass, Broken> {
        if !call.is_first && !self.methods.ask(call.facts.remaining_us) {
            return Ok(Pass::default());
        }
        self.admit_of_method(call, caller)
    }

    fn admit_of_method(
        &self,
        call: &Arriving<'_>,
        caller: impl FnOnce(&RandomState) -> u64,
    ) -> Result<Pass, Broken> {
        let Some(method) = self.methods.of(call.facts.ids()) else { return Ok(Pass::default()) };
        let mut pass = Pass::default();
        if self.has_time(call, method)? {
            pass.taken().timed = Some(Timed::new(&self.methods, method, call.at));
        }
        if self.methods.are_held() {
            self.keeps_rates(call, method, caller)?;
            if self.modes.bulkheads != Mode::Off && method.has_bulkhead() {
                pass.taken().method = Some(Arc::clone(method));
            }
        }
        Ok(pass)
    }

    /// Whether the call comes no sooner than the rates have room for it. The caller's come first: what one sends too much takes nothing from the others.
    fn keeps_rates(
        &self,
        call: &Arriving<'_>,
        method: &Method,
        caller: impl FnOnce(&RandomState) -> u64,
    ) -> Result<(), Broken> {
        if self.modes.rates == Mode::Off {
            return Ok(());
        }
        let now = self.methods.nanos(call.at);
        let (of_all, of_method) = (self.caller_meter.pacing(), method.caller_meter.pacing());
        let taken = if of_all.is_none() && of_method.is_none() {
            Ok(())
        } else {
            let caller = caller(&self.secret);
            let of_all =
                || self.take_of_caller(of_all, caller, now).map_err(|wait| (Whose::CallersOfAll, wait));
            let of_method = || {
                let caller = self.secret.hash_one((caller, call.facts.ids()));
                self.take_of_caller(of_method, caller, now).map_err(|wait| (Whose::CallersOfMethod, wait))
            };
            of_all().and_then(|()| of_method())
        };
        let taken = taken.and_then(|()| method.meter.take(now).map_err(|wait| (Whose::All, wait)));
        taken.or_else(|(whose, wait)| {
            let broken = Broken::Rate { spec: method.spec, whose, wait };
            self.broken(self.modes.rates, &self.by_rate, method.spec, broken)
        })
    }

    fn take_of_caller(&self, pacing: Option<Pacing>, caller: u64, now: u64) -> Result<(), Duration> {
        let Some(pacing) = pacing else { return Ok(()) };
        self.callers.get_or_init(|| Callers::new(self.callers_max)).take(caller, pacing, now)
    }

    /// Whether the call has time for its method; says whether it is to be looked at how long it takes.
    fn has_time(&self, call: &Arriving<'_>, method: &Method) -> Result<bool, Broken> {
        if self.modes.usual_time == Mode::Off || !method.is_timed() {
            return Ok(false);
        }
        let takes = self.methods.takes(method, call.at);
        let Some(takes) = takes.filter(|takes| call.facts.remaining().is_some_and(|left| left < *takes))
        else {
            return Ok(call.is_first && method.is_due(self.methods.nanos(call.at)));
        };
        if call.facts.remaining_us == 0 || method.passes_short() {
            // It is late, which it is told where its method is called; or it passes to be seen.
            return Ok(call.facts.remaining_us > 0);
        }
        let broken = Broken::Time { spec: method.spec, takes };
        self.broken(self.modes.usual_time, &self.by_time, method.spec, broken).map(|()| true)
    }

    /// What the server has room for: asked when nothing else is in the way of the call.
    #[inline]
    pub(crate) fn make_room(&self, pass: &mut Pass, call: &Arriving<'_>) -> Result<(), Broken> {
        if let Some(taken) = &mut pass.0 {
            self.make_room_in_bulkhead(taken)?;
        }
        if !Memory::counts(call.len) || self.modes.memory == Mode::Off {
            return Ok(());
        }
        let (held, has_room) = self.memory.hold(call.len);
        if !has_room {
            let broken = Broken::Memory { max: self.memory.max() };
            let spec = self.methods.of(call.facts.ids()).map(|method| method.spec);
            self.broken(self.modes.memory, &self.by_memory, spec, broken)?;
        }
        pass.taken().held = Some(held);
        Ok(())
    }

    /// Whether there would be memory for a request of so many bytes, without holding any.
    pub(crate) fn would_hold(&self, len: usize) -> bool {
        !self.modes.memory.is_on() || self.memory.has_room(len)
    }

    /// Whether the method of these ids has a place of its own left.
    pub(crate) fn has_own(&self, ids: (u32, u16)) -> bool {
        self.methods.of(ids).is_some_and(|method| method.bulkhead().kept() > 0)
    }

    fn make_room_in_bulkhead(&self, taken: &mut Taken) -> Result<(), Broken> {
        let Some((method, max)) = taken.method.as_ref().and_then(|it| Some((it, it.bulkhead().max()?)))
        else {
            return Ok(());
        };
        let (spec, has_room) = (method.spec, method.bulkhead().take(max));
        taken.is_counted = true;
        if has_room {
            return Ok(());
        }
        self.broken(self.modes.bulkheads, &self.by_bulkhead, spec, Broken::Bulkhead { spec, max })
    }

    /// Counts a decision; who only watches lets the call pass.
    #[cold]
    fn broken(
        &self,
        mode: Mode,
        counter: &AtomicU64,
        spec: impl Into<Option<&'static Spec>>,
        broken: Broken,
    ) -> Result<(), Broken> {
        counter.fetch_add(1, Ordering::Relaxed);
        if mode.is_on() {
            return Err(broken);
        }
        if let Some(metrics) = &self.metrics {
            metrics.spared(spec.into(), broken.cause());
        }
        Ok(())
    }

    /// The methods, for who knows their handlers.
    pub(crate) fn methods(&self) -> &Arc<Methods> {
        &self.methods
    }

    /// The method of this full name.
    fn method(&self, name: &str) -> Result<&Arc<Method>, UnknownMethod> {
        self.methods.named(name).ok_or_else(|| UnknownMethod {
            method: name.to_owned(),
            nearest: nearest(name, self.methods.all().map(|method| method.spec.to_string())),
        })
    }

    fn hold(&self, name: &str, rules: MethodRules) -> Result<(), NotHeld> {
        let method = self.method(name)?;
        rules.fit(method.spec)?;
        self.methods.hold(method, rules);
        Ok(())
    }

    /// Has methods held to what a configuration says of them, beside their schemas' word.
    ///
    /// # Errors
    /// [`NotHeld`] for the first that is not served here, or cannot be held to it.
    pub(crate) fn configure(&self, config: &Config) -> Result<(), NotHeld> {
        self.caller_meter.set(config.caller_rate());
        self.methods.hold_callers(config.caller_rate().is_some());
        for (name, word, setting) in config.of_methods() {
            let method = self.method(name)?;
            let mut rules = method.rules();
            rules.set(word, setting);
            rules.fit(method.spec)?;
            self.methods.hold(method, rules);
        }
        Ok(())
    }

    /// What each method is held to, for people.
    fn methods_seen(&self) -> Vec<MethodSeen> {
        let methods = self.methods.all().map(|method| {
            let (rules, bulkhead) = (method.rules(), method.bulkhead());
            MethodSeen { spec: method.spec, rules, calls: bulkhead.taken(), running: bulkhead.running() }
        });
        methods.collect()
    }

    /// What they are like now, for people.
    fn seen(&self, now: Instant) -> RulesSeen {
        let known = self.methods.all().filter_map(|method| {
            self.methods.takes(method, now).map(|takes| Longest { spec: method.spec, takes })
        });
        RulesSeen {
            usual_time: self.modes.usual_time,
            rates: self.modes.rates,
            bulkheads: self.modes.bulkheads,
            memory: self.modes.memory,
            longest: known.max_by_key(|known| known.takes),
            held: self.memory.held(),
            held_max: self.memory.max(),
            refused_by_time: self.by_time.load(Ordering::Relaxed),
            refused_by_rate: self.by_rate.load(Ordering::Relaxed),
            refused_by_bulkhead: self.by_bulkhead.load(Ordering::Relaxed),
            refused_by_memory: self.by_memory.load(Ordering::Relaxed),
            callers_forgotten: self.callers.get().map_or(0, Callers::forgotten),
        }
    }
}

impl Pass {
    fn taken(&mut self) -> &mut Taken {
        self.0.get_or_insert_default()
    }

    /// The method of the call, where that has a bulkhead.
    #[inline]
    pub(crate) fn method(&self) -> Option<&Arc<Method>> {
        self.0.as_ref()?.method.as_ref()
    }

    /// Whether its method has a place of its own left.
    #[inline]
    pub(crate) fn has_own(&self) -> bool {
        self.method().is_some_and(|method| method.bulkhead().kept() > 0)
    }

    /// The handler has ended, by itself or not: what is measured ends here.
    #[inline]
    pub(crate) fn end(&mut self, seen: Seen, now: impl FnOnce() -> Instant) {
        if let Some(timed) = self.0.as_mut().and_then(|taken| taken.timed.take()) {
            timed.end(now(), seen);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(method) = self.method.as_ref().filter(|_| self.is_counted) {
            method.bulkhead().give_back();
        }
    }
}

impl Broken {
    fn cause(self) -> Cause {
        match self {
            Self::Time { .. } => Cause::Deadline,
            Self::Rate { .. } => Cause::Rate,
            Self::Bulkhead { .. } | Self::Memory { .. } => Cause::Concurrency,
        }
    }

    pub(crate) fn status(self) -> Status {
        match self {
            Self::Time { spec, takes } => admitting::time_too_short(spec, takes.as_millis()),
            Self::Rate { spec, whose, wait } => {
                let whose = match whose {
                    Whose::CallersOfAll => "calls of this caller come",
                    Whose::CallersOfMethod => "calls of this caller to the method come",
                    Whose::All => "calls to the method come",
                };
                // In whole milliseconds, as the header has it; not sooner.
                let wait = Duration::from_millis(wait.as_nanos().div_ceil(1_000_000) as u64);
                admitting::rate_over(spec, whose, wait.as_millis()).retry(Retry::After(wait))
            }
            Self::Bulkhead { spec, max } => admitting::running_max_reached(spec, max),
            Self::Memory { max } => admitting::calls_memory_full(max),
        }
    }
}
