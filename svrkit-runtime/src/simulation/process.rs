//! What runs on a host, from its start to its end: tasks, and whatever they open.

use std::cell::RefCell;
use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::network::Network;
use super::state::State;

thread_local! {
    /// Whose code runs on this thread.
    static CURRENT: RefCell<Option<Process>> = const { RefCell::new(None) };
}

/// One process of a simulated host.
#[derive(Clone)]
pub(crate) struct Process {
    pub(super) network: Network,
    pub(super) host: usize,
    /// The how manyth of its host.
    pub(super) life: u64,
}

impl Process {
    /// The one whose code runs here; `None` outside of a simulation.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Begins a task of this process. It ends with it.
    pub(crate) fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let task = tokio::spawn(self.run(future));
        let handle = task.abort_handle();
        if !self.network.change(|state, _| state.keep_task(self.host, self.life, handle)) {
            // What ends with the process may begin something still.
            task.abort();
        }
        task
    }

    /// Runs `future` as code of this process.
    pub(super) fn run<F: Future>(&self, future: F) -> InProcess<F> {
        InProcess { process: self.clone(), future: Some(Box::pin(future)) }
    }

    /// Has the system of the host do something. Pending for ever where the process was killed: nothing of it goes on.
    pub(super) fn act<T>(&self, act: impl FnOnce(&mut State, Instant) -> Poll<T>) -> Poll<T> {
        self.network.change(|state, now| {
            if state.hosts[self.host].life == self.life { act(state, now) } else { Poll::Pending }
        })
    }

    /// The address of `host:port`.
    pub(crate) fn look_up(&self, name: &str) -> Option<SocketAddr> {
        self.network.change(|state, _| state.look_up(name))
    }

    fn enter(&self) -> Entered {
        Entered(CURRENT.replace(Some(self.clone())))
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("host", &self.host).field("life", &self.life).finish_non_exhaustive()
    }
}

/// Code of a process runs until this is dropped.
struct Entered(Option<Process>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// A future that is code of a process.
pub(super) struct InProcess<F> {
    process: Process,
    /// `None` when it is dropped.
    future: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for InProcess<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let process = self.process.clone();
        if process.network.change(|state, _| state.poll_running(process.host, cx)).is_pending() {
            return Poll::Pending;
        }
        let _entered = process.enter();
        match &mut self.future {
            Some(future) => future.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for InProcess<F> {
    fn drop(&mut self) {
        let _entered = self.process.enter();
        self.future = None;
    }
}
