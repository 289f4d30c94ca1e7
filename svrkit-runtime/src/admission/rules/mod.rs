//! The rules that a call is held to as it arrives, by its header alone: is its time enough for what its method usually takes, and is there memory for its
//! request.
//!
//! Each rule is a value of its own file, told the time and numbers; [`Rules`] asks them in their order, the cheapest first, and each is off, watching or on by itself
//! ([`ServerProtection`]). *Boundary:* the level and the queue, which know how much there is to do, are the [`Gate`](super::Gate)'s; a rule knows one method, or
//! one sum. What rules have taken for a call is its [`Pass`], and goes with it.
//!
//! A call to which no rule has anything to say costs a load; the first of each read is looked at to learn its time.

mod memory;
mod method;
mod settings;
mod usual;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use self::memory::{Held, Memory};
use self::method::{Method, Methods, Timed};
pub use self::settings::ServerProtection;
pub(crate) use self::settings::keys;
pub(crate) use self::usual::Seen;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::spec::{ServiceSpec, Spec};
use crate::status::catalogue::admitting;
use crate::status::{Cause, Status};
use crate::wire::frame::RequestFacts;

/// The rules of one server.
#[derive(Debug)]
pub(crate) struct Rules {
    modes: ServerProtection,
    /// What calls are counted in that a rule would refuse, did it not only watch.
    metrics: Option<Metrics>,
    methods: Arc<Methods>,
    memory: Arc<Memory>,
    by_time: AtomicU64,
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
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Broken {
    /// It has less time than its method usually takes.
    Time { spec: &'static Spec, takes: Duration },
    /// There is no memory for its request.
    Memory { max: usize },
}

/// Rules as people see them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RulesSeen {
    pub(crate) usual_time: Mode,
    pub(crate) memory: Mode,
    /// The method that is known to take longest.
    pub(crate) longest: Option<Longest>,
    /// Bytes of requests in flight, and how many may be.
    pub(crate) held: usize,
    pub(crate) held_max: usize,
    pub(crate) refused_by_time: u64,
    pub(crate) refused_by_memory: u64,
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
            methods: Arc::new(Methods::new(services, Instant::now())),
            memory: Arc::new(Memory::new(memory)),
            by_time: AtomicU64::new(0),
            by_memory: AtomicU64::new(0),
        }
    }

    /// What does not depend on how much there is to do: asked first. Not of the kit's calls.
    #[inline]
    pub(crate) fn admit(&self, call: &Arriving<'_>) -> Result<Pass, Broken> {
        let is_short = call.facts.remaining_us < self.methods.longest_us();
        if !is_short && !call.is_first {
            return Ok(Pass::default());
        }
        self.admit_of_method(call)
    }

    fn admit_of_method(&self, call: &Arriving<'_>) -> Result<Pass, Broken> {
        let Some(method) = self.methods.of(call.facts.ids()) else { return Ok(Pass::default()) };
        let mut pass = Pass::default();
        if self.has_time(call, method)? {
            pass.taken().timed = Some(Timed::new(&self.methods, method, call.at));
        }
        Ok(pass)
    }

    /// Whether the call has time for its method; says whether it is to be looked at how long it takes.
    fn has_time(&self, call: &Arriving<'_>, method: &Method) -> Result<bool, Broken> {
        if self.modes.usual_time == Mode::Off || !method.is_timed() {
            return Ok(false);
        }
        let takes = self.methods.takes(method, call.at);
        let Some(takes) = takes.filter(|takes| call.facts.remaining().is_some_and(|left| left < *takes))
        else {
            return Ok(call.is_first);
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

    /// What they are like now, for people.
    pub(crate) fn seen(&self, now: Instant) -> RulesSeen {
        let known = self.methods.all().filter_map(|method| {
            self.methods.takes(method, now).map(|takes| Longest { spec: method.spec, takes })
        });
        RulesSeen {
            usual_time: self.modes.usual_time,
            memory: self.modes.memory,
            longest: known.max_by_key(|known| known.takes),
            held: self.memory.held(),
            held_max: self.memory.max(),
            refused_by_time: self.by_time.load(Ordering::Relaxed),
            refused_by_memory: self.by_memory.load(Ordering::Relaxed),
        }
    }
}

impl Pass {
    fn taken(&mut self) -> &mut Taken {
        self.0.get_or_insert_default()
    }

    /// The handler has ended, by itself or not: what is measured ends here.
    #[inline]
    pub(crate) fn end(&mut self, seen: Seen, now: impl FnOnce() -> Instant) {
        if let Some(timed) = self.0.as_mut().and_then(|taken| taken.timed.take()) {
            timed.end(now(), seen);
        }
    }
}

impl Broken {
    fn cause(self) -> Cause {
        match self {
            Self::Time { .. } => Cause::Deadline,
            Self::Memory { .. } => Cause::Concurrency,
        }
    }

    pub(crate) fn status(self) -> Status {
        match self {
            Self::Time { spec, takes } => admitting::time_too_short(spec, takes.as_millis()),
            Self::Memory { max } => admitting::calls_memory_full(max),
        }
    }
}
