//! The gate before one endpoint: what it would refuse, or has asked not to be sent, is refused before it is sent.
//!
//! Four causes: the wish for fewer calls (`pace.rs`), a block (`stop for so long`, of a method and a user), the level that the server announces (`learned_level.rs`), and, where it announces none, the throttle
//! (`throttle.rs`). A gate that has nothing to keep out costs a call one load, and one addition for the throttle to know how many there were.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::ClientProtection;
use super::learned_level::{self, LearnedLevel};
use super::pace::Pace;
use super::throttle;
use super::window::Window;
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
    blocks: HashMap<(u32, u32), Instant>,
    /// How fast the server wishes a method to be called, by the method's number. No more than there are methods.
    paces: HashMap<u32, Pace>,
    classes: [Class; CLASSES],
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
        self.with_guard(|guard| guard.classes[index].note(sent, now, 0, 1));
        self.guard();
    }

    /// The server wants no more calls like this one, of its method and for its user, until then.
    #[cold]
    pub(super) fn block(&self, entrant: Entrant, now: Instant, until: Instant) {
        self.with_guard(|guard| guard.block(entrant.habit(), now, until));
        self.guard();
    }

    /// The server wants no more calls of the method than `pace` lets go.
    #[cold]
    pub(super) fn slow_down(&self, spec: &'static Spec, pace: Pace) {
        self.with_guard(|guard| {
            let before = guard.paces.get(&spec.number()).copied();
            guard.paces.insert(spec.number(), pace.after(before));
        });
        self.guard();
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
            let is_blocked = guard.blocks.get(&entrant.habit()).is_some_and(|until| now < *until);
            let is_shut_out = guard.level.is_some_and(|level| level.shuts_out(entrant.priority, now));
            let is_slowed =
                guard.paces.get(&entrant.spec.number()).is_some_and(|pace| pace.wait(now).is_some());
            settings.blocks.is_on() && is_blocked
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
            classes: std::array::from_fn(class),
        }
    }

    fn block(&mut self, habit: (u32, u32), now: Instant, until: Instant) {
        if self.blocks.len() >= BLOCKS_MAX {
            self.blocks.retain(|_, until| now < *until);
        }
        if self.blocks.len() < BLOCKS_MAX || self.blocks.contains_key(&habit) {
            self.blocks.insert(habit, until);
        }
    }

    fn blocked(&mut self, habit: (u32, u32), now: Instant) -> Option<Shut> {
        let left = self.blocks.get(&habit)?.saturating_duration_since(now);
        if left.is_zero() {
            self.blocks.remove(&habit);
            return None;
        }
        Some(Shut::Blocked(left))
    }

    fn slowed(&mut self, spec: &'static Spec, now: Instant) -> Option<Shut> {
        self.paces.get_mut(&spec.number())?.take(now).err().map(Shut::Slowed)
    }

    fn shut_out(&self, priority: Priority, now: Instant) -> Option<Shut> {
        let level = self.level.filter(|level| level.shuts_out(priority, now))?;
        (!learned_level::is_probe(random::next())).then_some(Shut::Level(level.level, level.left(now)?))
    }

    fn throttled(&mut self, index: usize, sent: u64, now: Instant) -> Option<Shut> {
        // A server that announces its level refuses the right ones by that.
        if self.level.is_some_and(|level| level.left(now).is_some()) {
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

    /// Whether there is nothing that it could keep out.
    fn is_idle(&mut self, now: Instant) -> bool {
        self.blocks.retain(|_, until| now < *until);
        self.paces.retain(|_, pace| !pace.is_over(now));
        let is_level_over = self.level.is_none_or(|level| level.left(now).is_none());
        is_level_over
            && self.blocks.is_empty()
            && self.paces.is_empty()
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

#[cfg(test)]
mod tests {
    use super::*;

    static READ: Spec = Spec::new("test.Test", 4000, "Read", 1);
    static OTHER: Spec = Spec::new("test.Test", 4000, "Other", 2);

    const MS: Duration = Duration::from_millis(1);

    fn entrant(priority: Priority) -> Entrant {
        Entrant { spec: &READ, priority, route_hash: 0 }
    }

    fn check(gate: &Gate, entrant: Entrant, now: Instant) -> Option<Shut> {
        gate.check(entrant, ClientProtection::new(), now).map(|(shut, _)| shut)
    }

    /// Of ten thousand calls, how many are kept out; those that are not are sent.
    fn kept_out(gate: &Gate, priority: Priority, now: Instant) -> usize {
        let send = || {
            let is_out = check(gate, entrant(priority), now).is_some();
            if !is_out {
                gate.note_sent(priority);
            }
            is_out
        };
        (0..10_000).filter(|_| send()).count()
    }

    #[test]
    fn a_block_is_obeyed_until_its_end_by_its_method_and_user_alone() {
        let now = Instant::now();
        let gate = Gate::new(now);
        let read = Entrant { route_hash: 7, ..entrant(Priority::CORE) };
        gate.block(read, now, now + 500 * MS);
        assert_eq!(check(&gate, read, now + 200 * MS), Some(Shut::Blocked(300 * MS)));
        assert_eq!(check(&gate, Entrant { spec: &OTHER, ..read }, now), None);
        for route_hash in [0, 8] {
            assert_eq!(check(&gate, Entrant { route_hash, ..read }, now), None);
        }
        assert!(gate.would_refuse(read, ClientProtection::new(), now) && gate.is_guarded());
        assert_eq!(check(&gate, read, now + 500 * MS), None);
        assert!(!gate.is_guarded(), "there is nothing more to keep out");
    }

    #[test]
    fn so_many_blocks_are_known_and_those_that_are_over_make_room() {
        let now = Instant::now();
        let gate = Gate::new(now);
        let of = |route_hash| Entrant { route_hash, ..entrant(Priority::CORE) };
        (0..BLOCKS_MAX as u32).for_each(|user| gate.block(of(user), now, now + 500 * MS));
        gate.block(of(5000), now, now + 900 * MS);
        gate.block(of(3), now, now + 600 * MS);
        assert_eq!(check(&gate, of(5000), now), None, "there is no room for it");
        assert_eq!(check(&gate, of(3), now), Some(Shut::Blocked(600 * MS)), "who is known is heard");
        gate.block(of(5000), now + 500 * MS, now + 900 * MS);
        assert_eq!(check(&gate, of(5000), now + 500 * MS), Some(Shut::Blocked(400 * MS)));
    }

    #[test]
    fn a_level_keeps_out_all_but_probes_and_is_forgotten() {
        let now = Instant::now();
        let gate = Gate::new(now);
        gate.note_level(Priority::NORMAL, now);
        let out = kept_out(&gate, Priority::LOSSY, now);
        assert!((9700..9950).contains(&out), "{out} of 10,000: one of 64 probes");
        assert_eq!(kept_out(&gate, Priority::NORMAL, now), 0);
        assert_eq!(kept_out(&gate, Priority::LOSSY, now + 1000 * MS), 0);
        assert!(!gate.is_guarded());
        // Heard again, and then that all are admitted.
        gate.note_level(Priority::CORE.next(), now);
        assert!(kept_out(&gate, Priority::NORMAL, now) > 9000);
        gate.note_level(Priority { class: 255, rank: 255 }, now);
        assert_eq!(kept_out(&gate, Priority::LOSSY, now), 0);
    }

    #[test]
    fn a_server_that_refuses_most_is_spared_by_class_and_not_for_ever() {
        let now = Instant::now();
        let gate = Gate::new(now);
        for _ in 0..100 {
            gate.note_sent(Priority::LOSSY);
            gate.note_refusal(Priority::LOSSY, now);
        }
        let out = kept_out(&gate, Priority::LOSSY, now);
        assert!((100..9950).contains(&out), "{out} of 10,000: fewer and fewer, for it takes all that comes");
        assert_eq!(kept_out(&gate, Priority::NORMAL, now), 0);
        assert_eq!(kept_out(&gate, Priority::LOSSY, now + 20_000 * MS), 0, "after ten quiet seconds");
        assert!(!gate.is_guarded());
    }

    #[test]
    fn who_calls_seldom_is_let_through_once_a_second() {
        let now = Instant::now();
        let gate = Gate::new(now);
        for _ in 0..1000 {
            gate.note_sent(Priority::LOSSY);
            gate.note_refusal(Priority::LOSSY, now);
        }
        // Two a second, for five seconds.
        let passed =
            (0..10).filter(|half| check(&gate, entrant(Priority::LOSSY), now + 500 * MS * *half).is_none());
        assert!(passed.count() >= 5);
    }

    #[test]
    fn an_announced_level_takes_the_place_of_the_throttle() {
        let now = Instant::now();
        let gate = Gate::new(now);
        for _ in 0..1000 {
            gate.note_sent(Priority::CORE);
            gate.note_refusal(Priority::CORE, now);
        }
        gate.note_level(Priority::NORMAL, now);
        let kept_out =
            |now| (0..100).filter(|_| check(&gate, entrant(Priority::CORE), now).is_some()).count();
        assert_eq!(kept_out(now), 0);
        assert!(kept_out(now + 1000 * MS) > 90);
    }

    #[test]
    fn what_watches_keeps_nothing_out_and_says_so() {
        let now = Instant::now();
        let gate = Gate::new(now);
        let read = entrant(Priority::LOSSY);
        gate.block(read, now, now + 500 * MS);
        let watching = ClientProtection::new().blocks(Mode::Watching);
        assert_eq!(gate.check(read, watching, now), Some((Shut::Blocked(500 * MS), Mode::Watching)));
        assert!(!gate.would_refuse(read, watching, now));
        // What acts goes first.
        gate.note_level(Priority::CORE.next(), now);
        let found = (0..10).filter_map(|_| gate.check(read, watching, now));
        assert!(found.into_iter().any(|found| matches!(found, (Shut::Level(..), Mode::On))));
        assert_eq!(gate.check(read, ClientProtection::off(), now), None);
    }

    impl Priority {
        fn next(self) -> Self {
            Self { rank: self.rank + 1, ..self }
        }
    }
}
