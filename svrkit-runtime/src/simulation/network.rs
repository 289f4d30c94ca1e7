//! The simulated network, as a test has it in its hands.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use std::ops::ControlFlow;

use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::Instant;

use super::link::Conditions;
use super::process::Process;
use super::random::Random;
use super::state::State;
use crate::deadline;

/// The network of a simulation. A clone is the same network.
#[derive(Clone)]
pub struct Network(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    /// Something happens earlier than what was waited for.
    earlier: Notify,
    began: Instant,
    random: Random,
}

/// A machine of the simulation, with an address and a process of its own. A clone is the same host.
#[derive(Clone)]
pub struct Host {
    network: Network,
    index: usize,
}

impl Network {
    pub(super) fn new(random: Random, conditions: Conditions) -> Self {
        let began = Instant::now();
        let state = State::new(random.stream(0), conditions, began);
        Self(Arc::new(Inner { state: Mutex::new(state), earlier: Notify::new(), began, random }))
    }

    /// The host of this name, which is made if there is none. Its name is looked up as others are: `orders:4310`.
    pub fn host(&self, name: &str) -> Host {
        let index = self.change(|state, _| state.host(name));
        Host { network: self.clone(), index }
    }

    /// Sets what all ways are like from here on.
    pub fn set_conditions(&self, conditions: Conditions) {
        self.change(|state, _| state.set_conditions(conditions));
    }

    /// Sets what the ways between two hosts are like, in both directions.
    pub fn set_conditions_between(&self, one: &Host, other: &Host, conditions: Conditions) {
        self.change(|state, _| {
            state.set_conditions_of(one.index, other.index, conditions.clone());
            state.set_conditions_of(other.index, one.index, conditions);
        });
    }

    /// Has nothing arrive any more between two hosts, in both directions. What is sent is sent again, as TCP does: its connections
    /// hold for a quarter of an hour, and go on some time after [`Self::heal`].
    pub fn cut(&self, one: &Host, other: &Host) {
        self.cut_one_way(one, other);
        self.cut_one_way(other, one);
    }

    /// The same for what `from` sends to `to`.
    pub fn cut_one_way(&self, from: &Host, to: &Host) {
        self.change(|state, now| state.cut(from.index, to.index, now));
    }

    /// Makes all ways whole again.
    pub fn heal(&self) {
        self.change(State::heal);
    }

    /// How many connected sockets the processes of all hosts have.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.change(|state, _| state.sockets())
    }

    /// The time since the simulation began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.began.elapsed()
    }

    /// Numbers of the simulation's seed, for whoever is the `stream`th to need some.
    #[must_use]
    pub fn random(&self, stream: u64) -> Random {
        // The network's own are the first.
        self.0.random.stream(stream.wrapping_add(1))
    }

    /// Adds a line to the log.
    pub fn note(&self, words: impl fmt::Display) {
        // Words are made by code of others, which may ask for the network.
        let words = words.to_string();
        self.change(|state, now| state.note(now, &words));
    }

    /// What has happened, a line each, with the time since the beginning: what arrived where, and what was noted. The same seed
    /// gives the same log.
    #[must_use]
    pub fn log(&self) -> String {
        self.change(|state, _| state.log())
    }

    /// Changes what there is, and tells whoever that concerns.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.next();
        let changed = change(&mut state, Instant::now());
        let is_earlier = match (before, state.next()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(before), Some(next)) => next < before,
        };
        let woken = std::mem::take(&mut state.woken);
        drop(state);
        woken.into_iter().for_each(std::task::Waker::wake);
        if is_earlier {
            self.0.earlier.notify_one();
        }
        changed
    }

    /// Has happen what is to happen, for as long as the simulation runs.
    pub(super) async fn run(self) {
        let next = || ControlFlow::Continue(self.change(|state, _| state.next()));
        deadline::keep(&self.0.earlier, next, |_| self.change(State::happen)).await;
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("elapsed", &self.elapsed()).finish_non_exhaustive()
    }
}

impl Host {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        self.network.change(|state, _| state.hosts[self.index].name.clone())
    }

    /// Where a server listens that is bound here to `port`: `10.0.0.1:4310`.
    #[must_use]
    pub fn address(&self, port: u16) -> String {
        self.network
            .change(|state, _| std::net::SocketAddr::new(state.hosts[self.index].ip, port).to_string())
    }

    /// Begins a task of its process. Servers and clients that are made there listen and connect from this host, and so do tasks
    /// that are begun by [`svrkit_runtime::spawn`](crate::spawn); what [`tokio::spawn`] begins belongs to no host and survives a crash.
    /// Without power it is cancelled at once.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.process().spawn(future)
    }

    /// Kills its process: its tasks end where they wait, and the system closes its sockets. The next task begins another process.
    pub fn crash(&self) {
        let tasks = self.network.change(|state, now| state.crash(self.index, now));
        tasks.iter().for_each(AbortHandle::abort);
    }

    /// Has its process do nothing until [`Self::resume`], as SIGSTOP does: its system goes on to take and to acknowledge what comes, for as
    /// long as there is room, and what was to happen by the clock happens late.
    pub fn pause(&self) {
        self.network.change(|state, now| state.pause(self.index, now));
    }

    /// Has a paused process go on, as SIGCONT does.
    pub fn resume(&self) {
        self.network.change(|state, now| state.resume(self.index, now));
    }

    /// Takes its power: its process is gone, and nobody is told. What is sent to it meets silence until [`Self::power_on`], and from
    /// then on a reset.
    pub fn lose_power(&self) {
        let tasks = self.network.change(|state, now| state.lose_power(self.index, now));
        tasks.iter().for_each(AbortHandle::abort);
    }

    /// Gives it power again. Nothing runs there until a task is begun.
    pub fn power_on(&self) {
        self.network.change(|state, now| state.power_on(self.index, now));
    }

    /// The process that runs there now.
    pub(super) fn process(&self) -> Process {
        let life = self.network.change(|state, _| state.hosts[self.index].life);
        Process { network: self.network.clone(), host: self.index, life }
    }
}

/// Its name.
impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Host").field(&self.name()).finish()
    }
}
