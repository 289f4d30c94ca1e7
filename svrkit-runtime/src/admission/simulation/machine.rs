//! The machine and its callers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use tokio::time::Instant;

use crate::admission::door::{Arrival, Bounds, Door, Turn};
use crate::admission::level::Level;
use crate::admission::queue::Waiting;
use crate::admission::rules::Occupied;
use crate::admission::slot::End;
use crate::priority::Priority;

pub(super) const CLASSES: [Priority; 4] =
    [Priority::CORE, Priority::IMPORTANT, Priority::NORMAL, Priority::LOSSY];
const SHARES: [f64; 4] = [0.05, 0.15, 0.5, 0.3];

/// So long an answer is of use.
pub(super) const DEADLINE: Duration = Duration::from_millis(500);

const TICK: Duration = Duration::from_millis(5);

/// What a handler does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    pub(super) computes: Duration,
    /// And then, once one of so many places is free.
    pub(super) waits: Duration,
    pub(super) places: u32,
}

/// Calls in a second at a time.
pub(super) type Load<'a> = &'a dyn Fn(Duration) -> f64;

/// How the classes fared.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) arrived: [u64; 4],
    /// Answered within the deadline.
    pub(super) good: [u64; 4],
    /// Refused by the level alone.
    pub(super) early: u64,
    pub(super) refused: u64,
    /// Answers in each tenth of a second from the start.
    pub(super) by_tenth: Vec<u64>,
    times: Vec<Duration>,
    fates: Vec<Fate>,
}

/// What became of a call that is counted.
#[derive(Clone, Copy, Debug)]
struct Fate {
    call: Call,
    is_answered: bool,
}

/// Calls in a million that were refused although one of a less important class, which came within the same 20 ms, was answered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inversions {
    pub(super) all: f64,
    /// Those in which the level was one of the same class for all of these calls and of the 20 ms before.
    pub(super) steady: f64,
    /// The share of calls that came then.
    pub(super) steady_share: f64,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    /// The class that the level was of when it came.
    level: u8,
    class: usize,
    caller: usize,
    came: Duration,
    let_go: Duration,
}

/// A call whose handler has begun, and where that is.
#[derive(Clone, Copy, Debug)]
struct UnderWay {
    call: Call,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Computing,
    InLine,
    Served,
    Over,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Ended(usize),
    Waited(usize),
    /// Its time is over: what waits is dropped, what computes is not.
    Stopped(usize),
}

pub(super) struct Machine {
    threads: u32,
    handler: Handler,
    door: Door<Call>,
    born: Instant,
    now: Duration,
    random: Random,
    running: u32,
    free_threads: u32,
    free_places: u32,
    for_thread: VecDeque<Call>,
    for_place: VecDeque<usize>,
    under_way: Vec<UnderWay>,
    events: BinaryHeap<Reverse<(Duration, Event)>>,
    outcome: Outcome,
    /// Calls that come then are counted.
    counted: Range<Duration>,
    /// What each caller has last heard of the level, and when; none of them listens where there are none.
    heard: Vec<(Level, Duration)>,
    /// The machine stands still then, and does afterwards what it should have done.
    stall: Range<Duration>,
}

impl Machine {
    pub(super) fn new(threads: u32, handler: Handler, seed: u64) -> Self {
        let born = Instant::now();
        let bounds =
            Bounds { wait_max: Duration::from_millis(20), queue_max: 10_000, running_max: 10_000, threads };
        Self {
            threads,
            handler,
            door: Door::new(bounds, born),
            born,
            now: Duration::ZERO,
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            running: 0,
            free_threads: threads,
            free_places: handler.places,
            for_thread: VecDeque::new(),
            for_place: VecDeque::new(),
            under_way: Vec::new(),
            events: BinaryHeap::new(),
            outcome: Outcome::default(),
            counted: Duration::ZERO..Duration::ZERO,
            heard: Vec::new(),
            stall: Duration::ZERO..Duration::ZERO,
        }
    }

    /// It stands still in this time, while calls come.
    pub(super) fn with_stall(mut self, stall: Range<Duration>) -> Self {
        self.stall = stall;
        self
    }

    /// Its calls come from so many callers, which do not send what the level that they have heard of shuts out, but for one of 64.
    pub(super) fn with_callers_that_listen(mut self, callers: usize) -> Self {
        self.heard = vec![(Level::OPEN, Duration::ZERO); callers];
        self
    }

    /// Calls in a second that it can do.
    pub(super) fn capacity(&self) -> f64 {
        let by_threads = f64::from(self.threads) / self.handler.computes.as_secs_f64();
        match self.handler.waits.is_zero() {
            true => by_threads,
            false => by_threads.min(f64::from(self.handler.places) / self.handler.waits.as_secs_f64()),
        }
    }

    /// Runs, and counts what came in a time and what became of that.
    pub(super) fn run(mut self, load: Load<'_>, counted: Range<Duration>) -> Outcome {
        let time = counted.end + DEADLINE;
        self.counted = counted;
        let mut arrival = self.random.after(load(self.now));
        let mut tick = TICK;
        while self.now < time {
            let end = self.events.peek().map_or(Duration::MAX, |Reverse((at, _))| *at);
            let due = end.min(arrival).min(tick);
            self.now = if self.stall.contains(&due) { self.stall.end } else { due };
            if due == end {
                let Some(Reverse((_, event))) = self.events.pop() else { continue };
                self.happened(event);
            } else if due == arrival {
                self.arrive(due);
                arrival = due + self.random.after(load(due));
            } else {
                tick = self.now + TICK;
                self.door.tick(self.at(), self.occupied()).into_iter().for_each(|call| self.refuse(call));
            }
            self.let_go();
        }
        self.outcome
    }

    fn at(&self) -> Instant {
        self.born + self.now
    }

    fn occupied(&self) -> Occupied {
        Occupied { running: self.running, kept: 0 }
    }

    fn arrive(&mut self, came: Duration) {
        let class = self.random.class();
        let rank = self.random.below(256) as u8;
        let priority = Priority { rank, ..CLASSES[class] };
        let caller = self.random.below(self.heard.len().max(1) as u64) as usize;
        let level = self.door.level().announced().class / 64;
        let call = Call { level, class, caller, came, let_go: self.now };
        if self.counted.contains(&came) {
            self.outcome.arrived[class] += 1;
        }
        if self.keeps_back(caller, priority) {
            return self.fate(call, false);
        }
        if !self.door.admits(priority, false) {
            self.hears(caller);
            self.fate(call, false);
            self.outcome.early += u64::from(self.counted.contains(&self.now));
            return;
        }
        let occupied = self.occupied();
        if !self.door.has_place(self.at(), || occupied, false, priority) {
            return self.refuse(call);
        }
        let expires = Some(self.at() + DEADLINE / 2);
        let waiting = Waiting { call, priority, arrived: self.at(), expires };
        match self.door.arrive(self.at(), self.occupied(), false, waiting) {
            Arrival::Starts(call) => self.start(call),
            Arrival::Waits { pushed_out: None } => {}
            Arrival::Waits { pushed_out: Some(out) } | Arrival::Refused(out) => self.refuse(out),
        }
    }

    fn fate(&mut self, call: Call, is_answered: bool) {
        if self.counted.contains(&call.came) {
            self.outcome.fates.push(Fate { call, is_answered });
        }
    }

    fn refuse(&mut self, call: Call) {
        self.fate(call, false);
        self.outcome.refused += 1;
        self.hears(call.caller);
    }

    /// Whether the caller has heard, within a second, that nobody takes such calls.
    fn keeps_back(&mut self, caller: usize, priority: Priority) -> bool {
        let Some((level, heard)) = self.heard.get(caller).copied() else { return false };
        let is_known = self.now < heard + Duration::from_secs(1);
        is_known && !level.admits(priority) && self.random.below(64) != 0
    }

    /// It is answered, and that says whom the server admits.
    fn hears(&mut self, caller: usize) {
        let level = self.door.level();
        let now = self.now;
        self.heard.get_mut(caller).into_iter().for_each(|heard| *heard = (level, now));
    }

    fn let_go(&mut self) {
        while let Some(turn) = self.door.next(self.at(), self.occupied(), |_| false) {
            match turn {
                Turn::Starts(call) => self.start(call),
                Turn::Expired(call) => self.refuse(call),
            }
        }
    }

    fn start(&mut self, call: Call) {
        self.running += 1;
        self.for_thread.push_back(Call { let_go: self.now, ..call });
        self.give_threads();
    }

    fn give_threads(&mut self) {
        while self.free_threads > 0 {
            let Some(call) = self.for_thread.pop_front() else { return };
            self.free_threads -= 1;
            self.door.first_turn(self.now - call.let_go);
            self.under_way.push(UnderWay { call, stage: Stage::Computing });
            let time = self.random.about(self.handler.computes);
            self.after(time, Event::Ended(self.under_way.len() - 1));
        }
    }

    fn give_places(&mut self) {
        while self.free_places > 0 {
            let Some(number) = self.for_place.pop_front() else { return };
            if self.under_way[number].stage == Stage::Over {
                continue;
            }
            self.under_way[number].stage = Stage::Served;
            self.free_places -= 1;
            let time = self.random.about(self.handler.waits);
            self.after(time, Event::Waited(number));
        }
    }

    fn after(&mut self, time: Duration, event: Event) {
        self.events.push(Reverse((self.now + time, event)));
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Ended(number) => {
                self.free_threads += 1;
                if self.handler.waits.is_zero() {
                    self.answer(number);
                } else {
                    self.under_way[number].stage = Stage::InLine;
                    let left = (self.under_way[number].call.came + DEADLINE).saturating_sub(self.now);
                    self.after(left, Event::Stopped(number));
                    self.for_place.push_back(number);
                    self.give_places();
                }
            }
            Event::Waited(number) if self.under_way[number].stage == Stage::Served => {
                self.free_places += 1;
                self.answer(number);
                self.give_places();
            }
            Event::Stopped(number) if self.under_way[number].stage != Stage::Over => {
                self.free_places += u32::from(self.under_way[number].stage == Stage::Served);
                self.under_way[number].stage = Stage::Over;
                self.running -= 1;
                self.door.ended(End::TooLate);
                self.give_places();
            }
            Event::Waited(_) | Event::Stopped(_) => {}
        }
        self.give_threads();
    }

    fn answer(&mut self, number: usize) {
        let UnderWay { call, stage } = &mut self.under_way[number];
        *stage = Stage::Over;
        let call = *call;
        self.running -= 1;
        self.door.ended(End::Done);
        self.hears(call.caller);
        let time = self.now - call.came;
        if time > DEADLINE {
            return;
        }
        self.fate(call, true);
        let tenth = (self.now.as_millis() / 100) as usize;
        self.outcome.by_tenth.resize(self.outcome.by_tenth.len().max(tenth + 1), 0);
        self.outcome.by_tenth[tenth] += 1;
        if self.counted.contains(&call.came) {
            self.outcome.good[call.class] += 1;
            self.outcome.times.push(time);
        }
    }
}

impl Outcome {
    /// Answers in a second, of so many seconds.
    pub(super) fn goodput(&self, seconds: f64) -> f64 {
        self.good.iter().sum::<u64>() as f64 / seconds
    }

    /// The share of a class that was answered.
    pub(super) fn share(&self, class: usize) -> f64 {
        self.good[class] as f64 / self.arrived[class].max(1) as f64
    }

    pub(super) fn inversions(&mut self) -> Inversions {
        let window = |fate: &Fate| fate.call.came.as_millis() / 20;
        self.fates.sort_by_key(|fate| fate.call.came);
        let (mut inversions, mut before) = (Inversions::default(), None);
        let calls = self.fates.len() as f64;
        for fates in self.fates.chunk_by(|one, other| window(one) == window(other)) {
            let level = fates[0].call.level;
            let is_of_one = fates.iter().all(|fate| fate.call.level == level);
            let is_steady = is_of_one && before == Some(level);
            before = is_of_one.then_some(level);
            let least = fates.iter().filter(|fate| fate.is_answered).map(|fate| fate.call.class).max();
            let is_inverted = |fate: &&Fate| !fate.is_answered && Some(fate.call.class) < least;
            let inverted = fates.iter().filter(is_inverted).count() as f64 * 1e6 / calls;
            inversions.all += inverted;
            if is_steady {
                inversions.steady += inverted;
                inversions.steady_share += fates.len() as f64 / calls;
            }
        }
        inversions
    }

    pub(super) fn p99(&mut self) -> Duration {
        self.times.sort_unstable();
        self.times.get(self.times.len() * 99 / 100).copied().unwrap_or_default()
    }
}

/// Numbers by chance that are the same each time (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn class(&mut self) -> usize {
        let mut left = self.share();
        SHARES
            .iter()
            .position(|share| {
                left -= share;
                left < 0.0
            })
            .unwrap_or(3)
    }

    /// Until the next of so many a second.
    fn after(&mut self, per_s: f64) -> Duration {
        Duration::from_secs_f64(-(1.0 - self.share()).ln() / per_s)
    }

    /// Half of it for sure, and on average all of it.
    fn about(&mut self, mean: Duration) -> Duration {
        let by_chance = -(1.0 - self.share()).ln();
        mean.mul_f64(0.5 + 0.5 * by_chance)
    }
}
