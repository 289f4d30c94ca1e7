//! The watch that a server keeps on its callers: what decides, under a lock that only calls that are looked at take.

use std::hash::RandomState;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::Habit;
use super::blocks::{BlockSeen, Blocks, Lasting, Terms};
use super::caller::{Caller, Told};
use super::detector::{Closed, Detector, Sighting, Thresholds};
use super::sampling::Sampling;
use super::sentry::hash_of;
use crate::admission::ServerProtection;
use crate::dispatch::Router;
use crate::limits::Limits;
use crate::log::{self, Event};
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::monitor::{CallerBlocked, Hooks};
use crate::status::Cause;

/// The watch of one server.
#[derive(Debug)]
pub(crate) struct Wild {
    mode: Mode,
    secret: RandomState,
    router: Arc<Router>,
    hooks: Hooks,
    metrics: Option<Metrics>,
    /// Changes whenever somebody is blocked or pardoned; 0: nobody was.
    change: AtomicU32,
    /// One of so many calls is looked at.
    one_in: AtomicU32,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    sampling: Sampling,
    detector: Detector,
    blocks: Blocks,
}

impl Wild {
    /// The watch of a server; `None`: it keeps none.
    pub(crate) fn new(
        protection: ServerProtection,
        limits: &Limits,
        router: &Arc<Router>,
        hooks: &Hooks,
        metrics: Option<&Metrics>,
    ) -> Option<Arc<Self>> {
        let mode = protection.wild;
        if mode == Mode::Off {
            return None;
        }
        let detector = Detector::new(Thresholds::of(limits), Instant::now());
        Some(Arc::new(Self {
            mode,
            secret: RandomState::new(),
            router: Arc::clone(router),
            hooks: hooks.clone(),
            metrics: metrics.cloned(),
            change: AtomicU32::new(0),
            one_in: AtomicU32::new(Sampling::default().one_in()),
            known: Mutex::new(Known {
                sampling: Sampling::default(),
                detector,
                blocks: Blocks::new(Terms::of(limits)),
            }),
        }))
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// A caller that is told apart by that; with `has_users` its users are believed, and are told apart as well.
    pub(crate) fn caller(&self, told: Told<'_>, has_users: bool) -> Caller {
        Caller::new(told, has_users, &self.secret)
    }

    /// Who is blocked now, and whose offences are remembered; the last first.
    pub(crate) fn seen(&self) -> Vec<BlockSeen> {
        self.lock().blocks.seen(Instant::now())
    }

    /// Forgives whoever has the block of this number. `None`: nobody has.
    pub(crate) fn pardon(&self, number: u64) -> Option<BlockSeen> {
        let pardoned = {
            let mut known = self.lock();
            let pardoned = known.blocks.pardon(number, Instant::now())?;
            self.changed();
            pardoned
        };
        let method = self.method(pardoned.ids);
        let fields = [("caller", &*pardoned.caller), ("method", &*method)];
        let words = format_args!("pardoned {}, whose calls of {method} were blocked", pardoned.caller);
        log::line(Event::CallerPardoned, &fields, words);
        Some(pardoned)
    }

    /// The method of these ids, for people.
    pub(crate) fn method(&self, ids: (u32, u16)) -> String {
        self.router.method(ids).map_or_else(|| format!("{}.{}", ids.0, ids.1), ToString::to_string)
    }

    /// A number that changes whenever somebody is blocked or pardoned.
    #[inline]
    pub(super) fn change(&self) -> u32 {
        self.change.load(Ordering::Relaxed)
    }

    pub(super) fn one_in(&self) -> u32 {
        self.one_in.load(Ordering::Relaxed)
    }

    pub(super) fn blocks_of(&self, caller: &Caller, now: Instant) -> Vec<Lasting> {
        self.lock().blocks.of(caller.id, now)
    }

    /// Whether a call that is blocked passes all the same, and is counted.
    pub(super) fn spares(&self, ids: (u32, u16)) -> bool {
        if self.mode.is_on() {
            return false;
        }
        if let Some(metrics) = &self.metrics {
            metrics.spared(self.router.method(ids), Cause::Blocked);
        }
        true
    }

    /// Looks at a call that stands for `weight` of them, and blocks whoever is found by that.
    pub(super) fn note(&self, habit: Habit, name: &Arc<str>, request: &[u8], weight: u32, now: Instant) {
        // A method that there is not is no capacity's loss, and has no name.
        if self.router.method(habit.ids).is_none() {
            return;
        }
        let request = hash_of(request, &self.secret);
        let blocked = {
            let mut known = self.lock();
            let closed = known.detector.note(now, Sighting { habit, name, request, weight });
            known.sampling.sighted();
            if let Some(Closed { calls_per_s, .. }) = closed {
                known.sampling.ended(calls_per_s);
            }
            self.one_in.store(known.sampling.one_in(), Ordering::Relaxed);
            let found = closed.map(|closed| closed.found).unwrap_or_default().into_iter();
            let blocked: Vec<_> = found.filter_map(|found| known.blocks.block(now, found)).collect();
            if !blocked.is_empty() {
                self.changed();
            }
            blocked
        };
        blocked.iter().for_each(|block| self.tell(block));
    }

    fn changed(&self) {
        self.change.fetch_add(1, Ordering::Relaxed);
    }

    #[cold]
    fn tell(&self, block: &BlockSeen) {
        let Some(spec) = self.router.method(block.ids) else { return };
        let is_watched = !self.mode.is_on();
        if let Some(metrics) = &self.metrics {
            metrics.caller_blocked(spec, is_watched);
        }
        let user = (block.user != 0).then_some(block.user);
        let told = CallerBlocked {
            caller: &block.caller,
            user,
            spec,
            rate: block.rate,
            norm: block.norm,
            offences: block.offences,
            time: block.left,
            is_watched,
        };
        self.hooks.tell(|monitor| monitor.caller_blocked(&told));
        let (method, seconds) = (spec.to_string(), block.left.as_secs().to_string());
        let of_user = user.map(|user| format!(" for its user {user:08x}")).unwrap_or_default();
        let fields = [("caller", &*block.caller), ("method", &*method), ("seconds", &*seconds)];
        let words = format_args!(
            "{} {}{of_user} for {seconds} s: it asked the same of {method} {:.0} times a second, of most others come {:.0} calls (wild.rate, \
             wild.times); offence {}, to be pardoned on /wild",
            if is_watched { "only watching, would block" } else { "blocked" },
            block.caller,
            block.rate,
            block.norm,
            block.offences,
        );
        log::line(Event::CallerBlocked, &fields, words);
    }

    /// Changed by what does not panic: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
