//! The gate before one endpoint: what it would refuse, or has asked not to be sent, is refused before it is sent.
//!
//! What its server wishes to be spared (`last_good/`) is asked for apart, as those calls are answered and not kept out. Four causes: the wish for fewer calls (`pace.rs`), a block (`stop for so long`, of a method and a user), the level that the server announces (`learned_level.rs`), and, where it announces none, the throttle
//! (`throttle.rs`). A gate that has nothing to keep out costs a call one load, and one addition for the throttle to know how many there were.

mod seen;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::last_good::Spared;
use super::learned_level::{self, LearnedLevel};
use super::pace::Pace;
use super::window::Window;
use super::{ClientProtection, throttle};
use crate::mode::Mode;
use crate::priority::Priority;
use crate::random;
use crate::spec::Spec;

/// Calls are throttled apart by business class: those of a quarter of all classes together.
const CLASSES: usize = 4;

/// Blocks that are known at once. Whoever is blocked beside so many others is so by the server alone.
const BLOCKS_MAX: usize = 1024;

/// In this time one call of a class is sent, however many are throttled: who calls seldom would wait long for one of 64.
const PROBE_EACH: Duration = Duration::from_secs(1);

/// The gate before one endpoint.
#[derive(Debug)]
pub(in crate::client) struct Gate {
    /// Whether there may be anything that it keeps out.
    is_guarded: AtomicBool,
    /// Calls that were sent, of each class. Counted by a load and a store, as the budget counts: some are lost where threads count at one instant.
    sent: [AtomicU64; CLASSES],
    /// From the first thing on that it may keep out.
    guard: Mutex<Option<Box<Guard>>>,
    born: Instant,
}

#[derive(Debug)]
struct Guard {
    level: Option<LearnedLevel>,
    /// Until when no call of a method for a user is to come, by the method's number and the hash of the user's route key, at most [`BLOCKS_MAX`].
    blocks: HashMap<(u32, u32), Block>,
    /// How fast the server wishes a method to be called, by the method's number. No more than there are methods.
    paces: HashMap<u32, (&'static Spec, Pace)>,
    /// Of which methods it takes no calls that can be answered without it, by the method's number. No more than there are methods.
    spared: HashMap<u32, Spared>,
    classes: [Class; CLASSES],
}

/// Until when no call of a method is to come.
#[derive(Clone, Copy, Debug)]
struct Block {
    spec: &'static Spec,
    until: Instant,
}

/// What a class was refused.
#[derive(Debug)]
struct Class {
    requests: Window,
    /// How many had been sent when that was looked at last.
    sent: u64,
    /// When one was let through last, though most are not.
    probed: Option<Instant>,
}

/// A call that the gate is asked about.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Entrant {
    pub(in crate::client) spec: &'static Spec,
    pub(in crate::client) priority: Priority,
    /// The hash of its user's route key; 0: it is for no user.
    pub(in crate::client) route_hash: u32,
}

impl Entrant {
    /// What is blocked where a server wants no more of it: its calls for others go on.
    fn habit(self) -> (u32, u32) {
        (self.spec.number(), self.route_hash)
    }
}

/// Why a call is kept out, and how long that will be so at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    Blocked(Duration),
    Slowed(Duration),
    Level(Priority, Duration),
    Throttled,
}

impl Gate {
    pub(in crate::client) fn new(now: Instant) -> Self {
        Self {
            is_guarded: AtomicBool::new(false),
            sent: Default::default(),
            guard: Mutex::default(),
            born: now,
        }
    }

    /// A call was sent.
    #[inline]
    pub(in crate::client) fn note_sent(&self, priority: Priority) {
        let sent = &self.sent[class_of(priority)];
        sent.store(sent.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// An answer that came at `now` says this of whom the server admits.
    #[inline]
    pub(in crate::client) fn note_level(&self, level: Priority, now: Instant) {
        let level = LearnedLevel::of(level, now);
        if level.is_some() || self.is_guarded() {
            self.set_level(level);
        }
    }

    #[cold]
    fn set_level(&self, level: Option<LearnedLevel>) {
        self.with_guard(|guard| guard.level = level);
        if level.is_some() {
            self.guard();
        }
    }

    /// The server has refused a call because it has too much to do.
    #[cold]
    pub(super) fn note_refusal(&self, priority: Priority, now: Instant) {
        let index = class_of(priority);
        let sent = self.sent[index].load(Ordering::Relaxed);
        self.with_guard(|guard| {
            // What a server refuses by a level that it announces would throttle its callers for seconds after it has told them that all may come.
            let refused = u32::from(!guard.has_level(now));
            guard.classes[index].note(sent, now, 0, refused);
        });
        self.guard();
    }

    /// The server wants no more calls like this one, of its method and for its user, until then.
    #[cold]
    pub(super) fn block(&self, entrant: Entrant, now: Instant, until: Instant) {
        self.with_guard(|guard| guard.block(entrant, now, until));
        self.guard();
    }

    /// The server wants no more calls of the method than `pace` lets go.
    #[cold]
    pub(super) fn slow_down(&self, spec: &'static Spec, pace: Pace) {
        self.with_guard(|guard| {
            let before = guard.paces.get(&spec.number()).map(|(_, pace)| *pace);
            guard.paces.insert(spec.number(), (spec, pace.after(before)));
        });
        self.guard();
    }

    /// The server wishes that calls of a method are answered without it where they can be.
    #[cold]
    pub(super) fn spare(&self, spared: Spared) {
        self.with_guard(|guard| guard.spared.insert(spared.spec.number(), spared));
        self.guard();
    }

    /// Whether it wishes that of the method now.
    #[cold]
    pub(super) fn spared(&self, spec: &'static Spec, now: Instant) -> Option<Spared> {
        self.with_guard(|guard| guard.spared(spec, now))
    }

    /// Whether there may be anything that it keeps out.
    #[inline]
    pub(in crate::client) fn is_guarded(&self) -> bool {
        self.is_guarded.load(Ordering::Relaxed)
    }

    /// Whether a call would surely be refused there: better to another endpoint.
    #[cold]
    pub(in crate::client) fn would_refuse(
        &self,
        entrant: Entrant,
        settings: ClientProtection,
        now: Instant,
    ) -> bool {
        self.with_guard(|guard| {
            let is_blocked = guard.blocks.get(&entrant.habit()).is_some_and(|block| now < block.until);
            let is_shut_out = guard.level.is_some_and(|level| level.shuts_out(entrant.priority, now));
            let is_slowed =
                guard.paces.get(&entrant.spec.number()).is_some_and(|(_, pace)| pace.wait(now).is_some());
            let is_spared = guard.spared(entrant.spec, now).is_some();
            settings.blocks.is_on() && is_blocked
                || settings.last_good.is_on() && is_spared
                || settings.wishes.is_on() && is_slowed
                || settings.levels.is_on() && is_shut_out
        })
    }

    /// Why a call is kept out now; the first that acts, else the first that watches.
    #[cold]
    pub(super) fn check(
        &self,
        entrant: Entrant,
        settings: ClientProtection,
        now: Instant,
    ) -> Option<(Shut, Mode)> {
        let index = class_of(entrant.priority);
        let sent = self.sent[index].load(Ordering::Relaxed);
        self.with_guard(|guard| {
            let found = [
                (guard.blocked(entrant.habit(), now), settings.blocks),
                (guard.shut_out(entrant.priority, now), settings.levels),
                (guard.slowed(entrant.spec, now), settings.wishes),
                (guard.throttled(index, sent, now), settings.throttle),
            ];
            let found = found.into_iter().filter_map(|(shut, mode)| Some((shut?, mode)));
            let mut found = found.filter(|(_, mode)| *mode != Mode::Off);
            let found = found.clone().find(|(_, mode)| mode.is_on()).or_else(|| found.next());
            if let Some((Shut::Throttled, Mode::On)) = found {
                guard.classes[index].note(sent, now, 1, 1);
            }
            if found.is_none() && guard.is_idle(now) {
                self.is_guarded.store(false, Ordering::Relaxed);
            }
            found
        })
    }

    fn guard(&self) {
        self.is_guarded.store(true, Ordering::Relaxed);
    }

    fn with_guard<T>(&self, act: impl FnOnce(&mut Guard) -> T) -> T {
        // Changed by plain assignments, none of which panics: a poisoned one is whole.
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        act(guard.get_or_insert_with(|| Box::new(Guard::new(self.born))))
    }
}

impl Guard {
    /// Calls that were sent before there was one came evenly since the endpoint was known.
    fn new(born: Instant) -> Self {
        let class = |_| Class { requests: Window::new(born), sent: 0, probed: None };
        Self {
            level: None,
            blocks: HashMap::new(),
            paces: HashMap::new(),
            spared: HashMap::new(),
            classes: std::array::from_fn(class),
        }
    }

    fn block(&mut self, entrant: Entrant, now: Instant, until: Instant) {
        if self.blocks.len() >= BLOCKS_MAX {
            self.blocks.retain(|_, block| now < block.until);
        }
        let habit = entrant.habit();
        if self.blocks.len() < BLOCKS_MAX || self.blocks.contains_key(&habit) {
            self.blocks.insert(habit, Block { spec: entrant.spec, until });
        }
    }

    fn blocked(&mut self, habit: (u32, u32), now: Instant) -> Option<Shut> {
        let left = self.blocks.get(&habit)?.until.saturating_duration_since(now);
        if left.is_zero() {
            self.blocks.remove(&habit);
            return None;
        }
        Some(Shut::Blocked(left))
    }

    fn spared(&self, spec: &'static Spec, now: Instant) -> Option<Spared> {
        self.spared.get(&spec.number()).copied().filter(|spared| now < spared.until)
    }

    fn slowed(&mut self, spec: &'static Spec, now: Instant) -> Option<Shut> {
        self.paces.get_mut(&spec.number())?.1.take(now).err().map(Shut::Slowed)
    }

    fn shut_out(&self, priority: Priority, now: Instant) -> Option<Shut> {
        let level = self.level.filter(|level| level.shuts_out(priority, now))?;
        (!learned_level::is_probe(random::next())).then_some(Shut::Level(level.level, level.left(now)?))
    }

    fn throttled(&mut self, index: usize, sent: u64, now: Instant) -> Option<Shut> {
        // A server that announces its level refuses the right ones by that.
        if self.has_level(now) {
            return None;
        }
        let class = &mut self.classes[index];
        class.note(sent, now, 0, 0);
        let share = throttle::refused_share(class.requests.totals());
        if share == 0.0 {
            return None;
        }
        let is_probe = class.probed.is_none_or(|probed| now.saturating_duration_since(probed) >= PROBE_EACH);
        if is_probe || (random::next() as f64) >= share * u64::MAX as f64 {
            class.probed = Some(now);
            return None;
        }
        Some(Shut::Throttled)
    }

    /// Whether the server announces whom it admits.
    fn has_level(&self, now: Instant) -> bool {
        self.level.is_some_and(|level| level.left(now).is_some())
    }

    /// Whether there is nothing that it could keep out.
    fn is_idle(&mut self, now: Instant) -> bool {
        self.blocks.retain(|_, block| now < block.until);
        self.paces.retain(|_, (_, pace)| !pace.is_over(now));
        self.spared.retain(|_, spared| now < spared.until);
        !self.has_level(now)
            && self.blocks.is_empty()
            && self.paces.is_empty()
            && self.spared.is_empty()
            && self.classes.iter().all(|class| class.requests.totals().faults == 0.0)
    }
}

impl Class {
    /// Counts what was sent since the last look, `more` requests that were not, and refusals.
    fn note(&mut self, sent: u64, now: Instant, more: u64, refused: u32) {
        let new = sent.saturating_sub(self.sent);
        self.sent = sent;
        self.requests.note(now, new + more, refused);
    }
}

fn class_of(priority: Priority) -> usize {
    usize::from(priority.class) * CLASSES / 256
}
