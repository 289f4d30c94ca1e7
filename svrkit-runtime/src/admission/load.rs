//! How loaded a server is by its tier: as it has learned, or as somebody holds it by hand.
//!
//! [`Load`] is the program's side, and lives as long as its `Server`; [`LoadOfRun`] is one run of it, which the [`Gate`](super::Gate) tells what it
//! learns and calls ask. To ask costs a load while the server is calm, and two otherwise.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use tokio::time::sleep;

use super::rules::Methods;
use super::tier::Tier;
use crate::log::{self, Event};
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::monitor::{Hooks, LevelChange, TierChange};
use crate::priority::Priority;
use crate::spec::Spec;
use crate::status::Cause;
use crate::task;

/// The load of a server, for the program to hold by hand: [`Server::load`](crate::Server::load). A clone is of the same server.
///
/// A tier that is held stands in the place of the one that the server learns, be it better or worse, whatever
/// [`Server::admission`](crate::Server::admission) says: methods answer degraded, or are refused, as their schemas say of it. It is held for a time
/// and no longer, so that nobody has to remember it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
/// use svrkit_runtime::{Server, Tier};
///
/// let server = Server::new();
/// let load = server.load();
/// load.hold(Tier::High, Duration::from_secs(600), "the drill of Monday");
/// assert_eq!(load.held().map(|held| held.tier), Some(Tier::High));
/// load.release("the drill is over");
/// assert!(load.held().is_none());
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Load(Arc<Inner>);

/// A tier that is held by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldTier {
    /// It.
    pub tier: Tier,
    /// Who holds it, or why, as they said.
    pub by: String,
    /// Since when.
    pub since: SystemTime,
    /// For how long, from then on.
    pub time: Duration,
}

#[derive(Default)]
struct Inner {
    /// [`NOT_HELD`], or one more than the tier's number.
    held: AtomicU8,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<HeldTier>,
    /// How many tiers were held until now: what has been held since is not let go by those before it.
    holds: u64,
    runs: Vec<Weak<LoadOfRun>>,
}

const NOT_HELD: u8 = 0;

impl Load {
    /// Holds a tier for so long from now on, in the place of one that is held already. `by` is shown to people: who does so, or why.
    ///
    /// Must be called within a tokio runtime, which lets go of it in time.
    pub fn hold(&self, tier: Tier, time: Duration, by: impl Into<String>) {
        let by = by.into();
        let words = format_args!("the load is held at {tier} for {} s by {by}", time.as_secs());
        log::line(Event::TierHeld, &[("tier", tier.as_str()), ("by", &by)], words);
        let hold = {
            let mut state = self.lock();
            state.held = Some(HeldTier { tier, by, since: SystemTime::now(), time });
            state.holds += 1;
            self.0.held.store(tier.number() + 1, Ordering::Relaxed);
            state.holds
        };
        self.tell();
        let inner = Arc::downgrade(&self.0);
        task::spawn(async move {
            sleep(time).await;
            if let Some(load) = inner.upgrade().map(Self) {
                load.let_go("its time", |state| state.holds == hold);
            }
        });
    }

    /// Lets go of the tier that is held, if there is one: from then on it is the one that the server learns. `by` goes into the log.
    pub fn release(&self, by: impl fmt::Display) {
        self.let_go(by, |_| true);
    }

    /// The tier that is held; `None`: none is.
    #[must_use]
    pub fn held(&self) -> Option<HeldTier> {
        self.lock().held.clone()
    }

    fn let_go(&self, by: impl fmt::Display, is_meant: impl FnOnce(&State) -> bool) {
        let held = {
            let mut state = self.lock();
            if !is_meant(&state) {
                return;
            }
            self.0.held.store(NOT_HELD, Ordering::Relaxed);
            state.held.take()
        };
        if let Some(held) = held {
            let (tier, by) = (held.tier, by.to_string());
            let words = format_args!("the load is held at {tier} no more: {by}");
            log::line(Event::TierReleased, &[("tier", tier.as_str()), ("by", &by)], words);
            self.tell();
        }
    }

    /// Tells what has changed to those who listen to each run.
    fn tell(&self) {
        let runs: Vec<_> = self.lock().runs.iter().filter_map(Weak::upgrade).collect();
        runs.iter().for_each(|run| run.tell());
    }

    #[inline]
    fn tier(&self) -> Option<Tier> {
        let held = self.0.held.load(Ordering::Relaxed);
        (held != NOT_HELD).then(|| Tier::of_number(held - 1))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load").field("held", &self.held()).finish_non_exhaustive()
    }
}

/// The load of one run of a server.
#[derive(Debug, Default)]
pub(crate) struct LoadOfRun {
    load: Load,
    mode: Mode,
    /// How long pages hold a tier at most (`tier.hold`).
    hold_max: Duration,
    learned: AtomicU8,
    /// What those who listen were told last, and whether it was held.
    told: Mutex<(Tier, bool)>,
    /// What each method does less as the load rises.
    methods: Arc<Methods>,
    hooks: Hooks,
    metrics: Option<Metrics>,
}

impl LoadOfRun {
    /// Of a server whose admission is in this `mode`.
    pub(crate) fn new(
        load: &Load,
        mode: Mode,
        hold_max: Duration,
        methods: &Arc<Methods>,
        hooks: Hooks,
        metrics: Option<&Metrics>,
    ) -> Arc<Self> {
        let run = Arc::new(Self {
            load: load.clone(),
            mode,
            hold_max,
            learned: AtomicU8::new(0),
            told: Mutex::default(),
            methods: Arc::clone(methods),
            hooks,
            metrics: metrics.cloned(),
        });
        {
            let mut state = load.lock();
            state.runs.retain(|run| run.strong_count() > 0);
            state.runs.push(Arc::downgrade(&run));
        }
        // One may be held already.
        run.tell();
        run
    }

    /// The tier that people are told: the one that is held, or else the one that was learned.
    pub(crate) fn tier(&self) -> Tier {
        self.load.tier().unwrap_or_else(|| self.learned())
    }

    /// The tier that methods go by: where admission only watches, nothing comes of what was learned.
    #[inline]
    fn acting(&self) -> Tier {
        match self.load.tier() {
            Some(held) => held,
            None if self.mode.is_on() => self.learned(),
            None => Tier::Calm,
        }
    }

    /// Whether calls may be refused for the tier: one load, and another where the server `is_calm` no more.
    #[inline]
    pub(crate) fn may_refuse(&self, is_calm: bool) -> bool {
        self.load.tier().is_some_and(|held| held > Tier::Calm) || !is_calm && self.learned() > Tier::Calm
    }

    /// Whether a call of the method of these ids is refused for the tier: which method that is, and the tier.
    pub(crate) fn refuses(&self, ids: (u32, u16)) -> Option<(&'static Spec, Tier)> {
        let (method, acting) = (self.methods.of(ids)?, self.acting());
        if method.by_tier().refuses(acting) {
            return Some((method.spec, acting));
        }
        if self.mode == Mode::Watching
            && method.by_tier().refuses(self.tier())
            && let Some(metrics) = &self.metrics
        {
            metrics.spared(Some(method.spec), Cause::Tier);
        }
        None
    }

    /// The same without counting.
    pub(crate) fn would_refuse(&self, ids: (u32, u16)) -> bool {
        self.methods.of(ids).is_some_and(|method| method.by_tier().refuses(self.acting()))
    }

    /// Whether the second handler of a method answers, which it has to have.
    #[inline]
    pub(crate) fn degrades(&self, spec: &'static Spec) -> bool {
        let acting = self.acting();
        acting > Tier::Calm
            && self.methods.of(spec.ids()).is_some_and(|method| method.by_tier().degrades(acting))
    }

    /// The program's side of it.
    pub(crate) fn load(&self) -> &Load {
        &self.load
    }

    /// How long a page may hold a tier.
    pub(crate) fn hold_max(&self) -> Duration {
        self.hold_max
    }

    /// The gate has learned this tier.
    pub(super) fn learn(&self, tier: Tier) {
        if self.learned.swap(tier.number(), Ordering::Relaxed) != tier.number() {
            self.tell();
        }
    }

    /// The gate admits other calls than before.
    pub(super) fn admits(&self, admitted: Priority, before: Priority) {
        self.hooks.tell(|monitor| monitor.level_changed(&LevelChange { admitted, before }));
    }

    pub(crate) fn learned(&self) -> Tier {
        Tier::of_number(self.learned.load(Ordering::Relaxed))
    }

    /// Under a lock, so that changes are told in their order.
    fn tell(&self) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.load.tier();
        let (tier, is_held) = (held.unwrap_or_else(|| self.learned()), held.is_some());
        let (before, was_held) = std::mem::replace(&mut *told, (tier, is_held));
        if (tier, is_held) == (before, was_held) {
            return;
        }
        if let Some(metrics) = &self.metrics {
            metrics.tier_changed((tier.number(), is_held), (before.number(), was_held));
        }
        if tier == before {
            return;
        }
        self.hooks.tell(|monitor| monitor.tier_changed(&TierChange { tier, before, is_held }));
    }
}

/// A run that is over is counted no more.
impl Drop for LoadOfRun {
    fn drop(&mut self) {
        let (tier, is_held) = *self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = self.metrics.as_ref().filter(|_| tier > Tier::Calm || is_held) {
            metrics.tier_changed((Tier::Calm.number(), false), (tier.number(), is_held));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::admission::rules::MethodRules;
    use crate::spec::ServiceSpec;

    const HOUR: Duration = Duration::from_secs(3600);

    static LOSSY: Spec = Spec::new("shop.Orders", 2000, "Advise", 1).refused_from(Tier::High);
    static CORE: Spec = Spec::new("shop.Orders", 2000, "Place", 2).degraded_from(Tier::Critical);
    static ORDERS: ServiceSpec = ServiceSpec::new("shop.Orders", 2000, &[&LOSSY, &CORE]);

    fn of(mode: Mode, metrics: Option<&Metrics>) -> Arc<LoadOfRun> {
        let methods = Arc::new(Methods::new([&ORDERS], true, Instant::now()));
        LoadOfRun::new(&Load::default(), mode, HOUR, &methods, Hooks::default(), metrics)
    }

    fn run(mode: Mode) -> Arc<LoadOfRun> {
        of(mode, None)
    }

    /// The tier that calls of [`LOSSY`] and [`CORE`] are refused for.
    fn refused(run: &LoadOfRun) -> [Option<Tier>; 2] {
        [&LOSSY, &CORE].map(|spec| run.refuses(spec.ids()).map(|(_, tier)| tier))
    }

    #[test]
    fn what_was_learned_refuses_where_admission_is_on() {
        for (mode, expected) in [(Mode::On, Some(Tier::Critical)), (Mode::Watching, None), (Mode::Off, None)]
        {
            let run = run(mode);
            assert!(!run.may_refuse(false) && refused(&run) == [None, None]);
            run.learn(Tier::Busy);
            assert!(run.may_refuse(false) && !run.may_refuse(true));
            assert_eq!(refused(&run), [None, None]);
            run.learn(Tier::Critical);
            assert_eq!(refused(&run), [expected, None], "{mode}");
            assert_eq!([&LOSSY, &CORE].map(|spec| run.degrades(spec)), [false, mode.is_on()], "{mode}");
            assert_eq!(run.tier(), Tier::Critical, "people are told");
        }
    }

    #[test]
    fn what_would_be_refused_where_admission_only_watches_is_counted() {
        let metrics = Metrics::new();
        let run = of(Mode::Watching, Some(&metrics));
        run.learn(Tier::High);
        assert_eq!((refused(&run), run.acting()), ([None, None], Tier::Calm));
        let spared = [("method", "Advise"), ("cause", "tier")];
        assert_eq!(metrics.snapshot().counter("svrkit_calls_spared_total", &spared), 1);
        assert_eq!(metrics.snapshot().gauge("svrkit_load_tier", &[]), 2);
        drop(run);
        assert_eq!(metrics.snapshot().gauge("svrkit_load_tier", &[]), 0);
    }

    #[test]
    fn a_method_goes_by_what_it_is_held_to_now() {
        let run = run(Mode::On);
        run.learn(Tier::High);
        let hold = |spec: &'static Spec, degraded_from, refused_from| {
            let rules = MethodRules { degraded_from, refused_from, ..MethodRules::default() };
            run.methods.hold(run.methods.of(spec.ids()).unwrap(), rules);
        };
        assert!(!run.degrades(&CORE) && refused(&run) == [Some(Tier::High), None]);
        hold(&CORE, Some(Tier::Busy), None);
        hold(&LOSSY, None, Some(Tier::Critical));
        assert!(run.degrades(&CORE) && refused(&run) == [None, None]);
        run.learn(Tier::Calm);
        assert!(!run.degrades(&CORE), "calm is no load");
    }

    #[tokio::test(start_paused = true)]
    async fn metrics_say_whether_it_is_held() {
        let metrics = Metrics::new();
        let run = of(Mode::On, Some(&metrics));
        let told =
            || ["svrkit_load_tier", "svrkit_load_tier_held"].map(|name| metrics.snapshot().gauge(name, &[]));
        run.learn(Tier::High);
        assert_eq!(told(), [2, 0]);
        run.load.hold(Tier::High, HOUR, "a test");
        assert_eq!(told(), [2, 1]);
        run.load.hold(Tier::Busy, HOUR, "a test");
        assert_eq!(told(), [1, 1]);
        run.load.release("a test");
        assert_eq!(told(), [2, 0]);
        run.load.hold(Tier::Calm, HOUR, "a test");
        assert_eq!(told(), [0, 1]);
        drop(run);
        assert_eq!(told(), [0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_tier_stands_in_the_place_of_the_learned_one_until_its_time_is_over() {
        let run = run(Mode::Off);
        run.learn(Tier::Busy);
        run.load.hold(Tier::High, Duration::from_secs(60), "a test");
        assert!(run.may_refuse(true));
        assert_eq!((run.tier(), refused(&run)[0]), (Tier::High, Some(Tier::High)));
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!(run.load.held().map(|held| held.by).as_deref(), Some("a test"));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!((run.load.held(), run.tier(), refused(&run)[0]), (None, Tier::Busy, None));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_held_anew_is_not_let_go_with_what_was_before() {
        let run = run(Mode::On);
        run.learn(Tier::Critical);
        run.load.hold(Tier::High, Duration::from_secs(10), "the first");
        run.load.hold(Tier::Calm, Duration::from_secs(60), "the second");
        assert_eq!((run.tier(), refused(&run)[0]), (Tier::Calm, None), "a better one, too");
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(run.tier(), Tier::Calm);
        run.load.release("a test");
        assert_eq!(run.tier(), Tier::Critical);
        run.load.release("nothing is held");
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(run.tier(), Tier::Critical);
    }
}
