//! The door of a living server: calls wait at it, and handlers that end let the next ones go.
//!
//! While nothing waits and all are admitted it costs a call that starts at once two loads, and one that gets a task an addition and a
//! subtraction. Everything else is under one lock, from the first call that finds as many handlers under way as may be until the server is calm again; a
//! task looks after the windows meanwhile.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::door::{Arrival, Bounds, Door, Turn};
use super::level::Level;
use super::load::LoadOfRun;
use super::queue::Waiting;
use super::rules::{Methods, Occupied, kept_of};
use super::seen::Seen;
use super::slot::{End, Slot};
use crate::dispatch::{Call, Router};
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::priority::Priority;
use crate::status::catalogue::admitting;
use crate::status::{Cause, Retry, Status, TakeLastGood};
use crate::task;
use crate::wire::frame::RequestFacts;

/// How often windows are looked after while calls wait.
const TICK: Duration = Duration::from_millis(5);

/// The door of a server, and how many handlers are behind it.
#[derive(Debug)]
pub(crate) struct Gate {
    mode: Mode,
    router: Arc<Router>,
    /// Those that have places of their own.
    methods: Arc<Methods>,
    /// Is told the tier and the level.
    load: Arc<LoadOfRun>,
    /// What calls are counted in that would be refused, did it not only watch.
    metrics: Option<Metrics>,
    /// Handlers under way that have a task.
    running: AtomicU32,
    /// What the door says of itself, for those who do not take its lock.
    notice: AtomicU32,
    level: AtomicU16,
    /// Calls wait, or some are not admitted: all have to ask.
    attentive: AtomicBool,
    door: Mutex<Door<Call>>,
    /// How often somebody has asked for the next calls to be let go, without having been answered.
    asked: AtomicU32,
    /// What was refused, or would have been.
    by_level: AtomicU64,
    by_queue: AtomicU64,
}

/// Why a call is not taken, decided by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShutOut {
    /// By the level, which may admit more in so long at the earliest.
    ByLevel { opens_in: Duration },
    /// By the queue, which is full; a call that it has room for has its turn in so long, where that is known.
    ByQueue { turn_in: Option<Duration> },
}

impl ShutOut {
    /// What its caller is told: this, and what it is told of last good answers.
    pub(crate) fn status(self, last_good: Option<TakeLastGood>) -> Status {
        let status = match self {
            Self::ByLevel { opens_in } => admitting::level_shut().retry(Retry::ElsewhereOrAfter(opens_in)),
            Self::ByQueue { turn_in } => {
                let advice = turn_in.map_or(Retry::Elsewhere, Retry::ElsewhereOrAfter);
                admitting::queue_full().retry(advice)
            }
        };
        status.take_last_good(last_good)
    }
}

impl Gate {
    /// The gate of a server; `None`: it has none.
    pub(crate) fn new(
        mode: Mode,
        bounds: Bounds,
        router: &Arc<Router>,
        methods: &Arc<Methods>,
        load: &Arc<LoadOfRun>,
        metrics: Option<&Metrics>,
    ) -> Option<Arc<Self>> {
        if mode == Mode::Off {
            return None;
        }
        let door = Door::new(bounds, Instant::now());
        let notice = door.notice();
        let gate = Arc::new(Self {
            mode,
            router: Arc::clone(router),
            methods: Arc::clone(methods),
            load: Arc::clone(load),
            metrics: metrics.cloned(),
            running: AtomicU32::new(0),
            notice: AtomicU32::new(notice),
            level: AtomicU16::new(door.level().buckets()),
            attentive: AtomicBool::new(false),
            door: Mutex::new(door),
            asked: AtomicU32::new(0),
            by_level: AtomicU64::new(0),
            by_queue: AtomicU64::new(0),
        });
        gate.look_again();
        Some(gate)
    }

    /// Methods have more or fewer places of their own than before.
    pub(crate) fn look_again(&self) {
        self.note(&self.lock());
    }

    /// Tells those who do not take the lock what the door says. While fewer than this are under way, none can have a place that is kept.
    fn note(&self, door: &Door<Call>) {
        let (reserved, _) = self.methods.reserved();
        let notice = door.notice();
        self.notice.store(notice - kept_of(reserved, notice), Ordering::Relaxed);
        self.level.store(door.level().buckets(), Ordering::Relaxed);
    }

    fn occupied(&self) -> Occupied {
        let (_, kept) = self.methods.reserved();
        Occupied { running: self.running.load(Ordering::Relaxed), kept }
    }

    /// Whether a call may start at once, wherever it is: nothing waits, and all are admitted.
    #[inline]
    pub(crate) fn is_calm(&self) -> bool {
        !self.attentive.load(Ordering::Relaxed)
            && self.running.load(Ordering::Relaxed) < self.notice.load(Ordering::Relaxed)
    }

    /// The level that callers are told.
    #[inline]
    pub(crate) fn announced(&self) -> Priority {
        Level::of_buckets(self.level.load(Ordering::Relaxed)).announced()
    }

    /// Whether the level admits a call, of which nothing but its header has been read, and the queue has room for it. To be asked once for each call unless
    /// it is calm. `has_own`: its method has a place of its own left, which is for calls of any level. `may_wait`: it is to [`enter`](Self::enter) then.
    pub(crate) fn admits(
        self: &Arc<Self>,
        call: &RequestFacts,
        arrived: Instant,
        has_own: bool,
        may_wait: bool,
    ) -> Result<(), ShutOut> {
        let mut door = self.lock();
        self.attend(&mut door);
        if !door.admits(call.priority, has_own) {
            let opens_in = door.opens_in(arrived);
            drop(door);
            self.by_level.fetch_add(1, Ordering::Relaxed);
            if self.mode.is_on() {
                return Err(ShutOut::ByLevel { opens_in });
            }
            self.spare(call.ids(), Cause::Level);
            return Ok(());
        }
        // Who only watches lets it come to the queue, and counts it there.
        let is_asked = may_wait && self.mode.is_on();
        if !is_asked || door.has_place(arrived, || self.occupied(), has_own, call.priority) {
            return Ok(());
        }
        let turn_in = door.turn_in();
        drop(door);
        self.by_queue.fetch_add(1, Ordering::Relaxed);
        Err(ShutOut::ByQueue { turn_in })
    }

    /// Whether the level would admit a call, without counting it.
    pub(crate) fn would_admit(&self, priority: Priority) -> bool {
        !self.mode.is_on() || Level::of_buckets(self.level.load(Ordering::Relaxed)).admits(priority)
    }

    /// Takes a call that the level admits: it starts, waits or is refused.
    pub(crate) fn enter(self: &Arc<Self>, call: Call, priority: Priority, arrived: Instant) {
        let now = Instant::now();
        let expires = call.context().deadline().map(|deadline| middle(arrived, deadline));
        let mut door = self.lock();
        self.attend(&mut door);
        let has_own = call.has_own_place();
        let waiting = Waiting { call, priority, arrived, expires };
        let arrival = door.arrive(now, self.occupied(), has_own, waiting);
        let slot = match &arrival {
            Arrival::Starts(call) => Some(Slot::take(self, call.method())),
            _ => None,
        };
        drop(door);
        match (arrival, slot) {
            (Arrival::Starts(call), Some(slot)) => self.start(call, slot, now),
            (Arrival::Starts(call) | Arrival::Refused(call), _) => self.refuse(call, now),
            (Arrival::Waits { pushed_out }, _) => {
                if let Some(call) = pushed_out {
                    self.refuse(call, now);
                }
                // A handler may have ended before this one waited.
                self.let_go();
            }
        }
    }

    /// A handler has begun to be under way.
    pub(super) fn began(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    /// A handler has ended.
    pub(super) fn ended(self: &Arc<Self>, end: End) {
        self.running.fetch_sub(1, Ordering::AcqRel);
        if self.attentive.load(Ordering::Acquire) {
            self.lock().ended(end);
            self.let_go();
        }
    }

    /// What it is like now, for people.
    pub(crate) fn seen(&self) -> Seen {
        let door = self.lock();
        Seen {
            mode: self.mode,
            admitted: door.level().announced(),
            queued: door.queued(),
            queue_bound: door.bound(),
            running: self.running.load(Ordering::Relaxed),
            limit: door.limit(),
            capacity: door.capacity().per_s(),
            refused_by_level: self.by_level.load(Ordering::Relaxed),
            refused_by_queue: self.by_queue.load(Ordering::Relaxed),
        }
    }

    /// From here on all calls ask, and somebody looks after them.
    fn attend(self: &Arc<Self>, door: &mut Door<Call>) {
        // Changed under the lock alone.
        if self.attentive.load(Ordering::Relaxed) {
            return;
        }
        self.attentive.store(true, Ordering::Release);
        door.wake(Instant::now());
        let gate = Arc::clone(self);
        // It ends by itself, when the server is calm.
        task::spawn(async move { gate.look_after().await });
    }

    async fn look_after(self: Arc<Self>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = Level::OPEN;
        loop {
            ticks.tick().await;
            let now = Instant::now();
            let (expired, is_calm, tier, moved) = {
                let mut door = self.lock();
                let running = self.running.load(Ordering::Relaxed);
                let expired = self.look(&mut door, now);
                let before = std::mem::replace(&mut told, door.level());
                let moved = (before != told).then_some((told, before));
                let is_calm = door.is_calm(running) && running < self.notice.load(Ordering::Relaxed);
                if is_calm {
                    self.attentive.store(false, Ordering::Release);
                }
                (expired, is_calm, door.tier(), moved)
            };
            self.load.learn(tier);
            if let Some((level, before)) = moved {
                self.load.admits(level.announced(), before.announced());
            }
            expired.into_iter().for_each(|call| self.refuse(call, now));
            if is_calm {
                return;
            }
            self.let_go();
        }
    }

    /// Ends a window that is due, and takes out those that have waited for too long.
    fn look(&self, door: &mut Door<Call>, now: Instant) -> Vec<Call> {
        let expired = door.tick(now, self.occupied());
        self.note(door);
        expired
    }

    /// Lets those go whose turn it is. Whoever asks meanwhile, be it a handler that ends where it is started, leaves that to who is at it.
    fn let_go(self: &Arc<Self>) {
        // Without a runtime, which has gone, nothing can be started.
        if Handle::try_current().is_err() || self.asked.fetch_add(1, Ordering::AcqRel) > 0 {
            return;
        }
        loop {
            let asked = self.asked.load(Ordering::Acquire);
            while let Some((turn, slot, now)) = self.next() {
                match (turn, slot) {
                    (Turn::Starts(call), Some(slot)) => self.start(call, slot, now),
                    (Turn::Starts(call) | Turn::Expired(call), _) => self.refuse(call, now),
                }
            }
            if self.asked.fetch_sub(asked, Ordering::AcqRel) == asked {
                return;
            }
        }
    }

    fn next(self: &Arc<Self>) -> Option<(Turn<Call>, Option<Slot>, Instant)> {
        let now = Instant::now();
        let mut door = self.lock();
        let turn = door.next(now, self.occupied(), Call::has_own_place)?;
        let slot = match &turn {
            Turn::Starts(call) => Some(Slot::take(self, call.method())),
            Turn::Expired(_) => None,
        };
        Some((turn, slot, now))
    }

    /// Starts a call on a task of its own, where it is also decoded.
    fn start(self: &Arc<Self>, call: Call, slot: Slot, let_go: Instant) {
        let call = call.in_slot(slot);
        let gate = Arc::clone(self);
        task::spawn(async move {
            if call.is_given_up() {
                return;
            }
            let now = Instant::now();
            let expired = {
                let mut door = gate.lock();
                door.first_turn(now.saturating_duration_since(let_go));
                // Behind handlers that compute, the task that looks after the windows comes late, and the limit with it.
                if door.is_due(now) { gate.look(&mut door, now) } else { Vec::new() }
            };
            expired.into_iter().for_each(|call| gate.refuse(call, now));
            gate.router.dispatch(call);
        });
    }

    fn refuse(self: &Arc<Self>, call: Call, now: Instant) {
        self.by_queue.fetch_add(1, Ordering::Relaxed);
        if self.mode.is_on() {
            let ids = (call.service_id(), call.method_id());
            let turn_in = self.lock().turn_in();
            let status = ShutOut::ByQueue { turn_in }.status(self.methods.last_good(ids));
            call.refuse_of(self.router.method(ids), &status);
        } else {
            self.spare((call.service_id(), call.method_id()), Cause::Queue);
            let slot = Slot::take(self, call.method());
            self.start(call, slot, now);
        }
    }

    /// Counts a call that is not refused because nothing is.
    fn spare(&self, ids: (u32, u16), cause: Cause) {
        if let Some(metrics) = &self.metrics {
            metrics.spared(self.router.method(ids), cause);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Door<Call>> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Between two instants.
fn middle(from: Instant, to: Instant) -> Instant {
    from + to.saturating_duration_since(from) / 2
}
