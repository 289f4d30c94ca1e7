//! The pool's side of resolving: the task that runs the resolver, and the last good list.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::{Opened, Pool, Source};
use crate::client::resolver::{Endpoint, Found, Resolution, Resolver, Wish};
use crate::status::Status;
use crate::status::catalogue::{calling, connecting};
use crate::task;

/// What a pool and its resolver share.
#[derive(Debug, Default)]
pub(super) struct Resolving {
    wish: Arc<Wish>,
    found: watch::Sender<Found>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// From before the task begins until nothing of it is left to tell.
    runs: AtomicBool,
}

impl Pool {
    /// What the endpoints are those of.
    pub(in crate::client) fn target(&self) -> String {
        match &self.source {
            Source::Resolver(resolver) => resolver.target(),
            Source::Fixed | Source::Faulty(_) | Source::InProcess(..) => String::new(),
        }
    }

    pub(in crate::client) fn wish(&self) -> Arc<Wish> {
        Arc::clone(&self.resolving.wish)
    }

    /// The resolver found a list.
    pub(in crate::client) fn resolved(&self, endpoints: Vec<Endpoint>) {
        self.set(endpoints);
        self.resolving.wish.answer();
        self.resolving.found.send_modify(|found| {
            found.answers += 1;
            found.failure = None;
        });
    }

    /// The resolver found none: the last good one stays.
    pub(in crate::client) fn unresolved(&self, why: Status) {
        self.resolving.wish.answer();
        self.resolving.found.send_modify(|found| {
            found.answers += 1;
            found.failure = Some((Instant::now(), why));
        });
    }

    /// The resolver looked, and would say what it said last.
    pub(in crate::client) fn unchanged(&self) {
        self.resolving.wish.answer();
        self.resolving.found.send_modify(|found| {
            found.answers += 1;
            if let Some((at, _)) = &mut found.failure {
                *at = Instant::now();
            }
        });
    }

    /// Wakes a resolver that waits for the client to be used.
    pub(super) fn note_use(self: &Arc<Self>) {
        if self.resolving.wish.note_use() {
            self.resolve();
        }
    }

    /// No endpoint can be connected to: perhaps there are others by now.
    pub(super) fn press(self: &Arc<Self>) {
        if let Source::Resolver(_) = &self.source {
            self.resolving.wish.press();
            self.resolve();
        }
    }

    /// Waits for the first list, or for why there is none.
    pub(super) async fn list(self: &Arc<Self>) -> Result<(), Status> {
        let mut found = self.resolving.found.subscribe();
        let before = found.borrow().answers;
        loop {
            // Before the look at the list: one that comes after this is told, so that the wait below ends.
            let (failure, is_over) = {
                let found = found.borrow_and_update();
                let holds = |at: &Instant| {
                    found.is_over || found.answers > before || at.elapsed() < self.limits().resolve_rest
                };
                let failure = found.failure.as_ref().filter(|(at, _)| holds(at));
                (failure.map(|(_, why)| why.clone()), found.is_over)
            };
            if !self.read().table.entries().is_empty() {
                return Ok(());
            }
            match &self.source {
                Source::Faulty(status) => return Err(status.clone()),
                Source::Resolver(_) => {}
                // Their list is there from the beginning.
                Source::Fixed | Source::InProcess(..) => {
                    return Err(connecting::endpoints_missing(self.target()));
                }
            }
            if let Some(why) = failure {
                return Err(why);
            }
            if is_over {
                return Err(connecting::resolver_ended());
            }
            self.press();
            found.changed().await.expect("the pool has the sender");
        }
    }

    /// How a request ends whose time was over before it had a connection: by its list, where it waited for that.
    pub(in crate::client) fn late(&self, limit_ms: u128, from: &str) -> Status {
        let has_list = !self.read().table.entries().is_empty();
        match (&self.source, &self.resolving.found.borrow().failure) {
            (Source::Resolver(_), None) if !has_list => calling::late_resolving(limit_ms, from),
            (Source::Resolver(_), Some((_, why))) if !has_list => {
                calling::late_resolving_again(limit_ms, from, why.message())
            }
            _ => calling::late_connecting(limit_ms, from),
        }
    }

    /// Waits for the first list for as long as a request would, and connects to what is on it.
    pub(in crate::client) async fn connect(self: &Arc<Self>) -> Opened {
        let limit = self.limits().deadline_default;
        match timeout(limit, self.list()).await {
            Ok(listed) => listed?,
            Err(_) => return Err(self.late(limit.as_millis(), "deadline.default")),
        }
        self.connection(None, None).await
    }

    /// Runs the resolver, unless it runs.
    fn resolve(self: &Arc<Self>) {
        let Source::Resolver(resolver) = &self.source else { return };
        let mut task = self.resolving.task.lock().unwrap_or_else(PoisonError::into_inner);
        if self.resolving.found.borrow().is_over || self.resolving.runs.swap(true, Ordering::Relaxed) {
            return;
        }
        let (resolution, gone) = (Resolution::new(Arc::downgrade(self)), Gone(Arc::downgrade(self)));
        *task = Some(task::spawn(run(Arc::clone(resolver), resolution, gone)));
    }

    pub(in crate::client) fn resolver_ended(&self) {
        self.resolving.found.send_modify(|found| found.is_over = true);
    }

    /// Nothing is left of the resolver's task. The next use runs it again, as does whoever waits for it; not where it panicked,
    /// which it might do for ever: those who wait are told.
    fn resolver_gone(&self) {
        self.resolving.runs.store(false, Ordering::Relaxed);
        self.resolving.wish.await_use();
        if thread::panicking() {
            self.unresolved(connecting::resolver_panicked());
        } else {
            self.resolving.found.send_modify(|_| ());
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let task = self.resolving.task.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = task {
            task.abort();
        }
    }
}

/// Tells the pool when the resolver's task is gone: ended, panicked, or with its runtime.
struct Gone(Weak<Pool>);

impl Drop for Gone {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            pool.resolver_gone();
        }
    }
}

async fn run(resolver: Arc<dyn Resolver>, resolution: Resolution, _gone: Gone) {
    resolver.resolve(&resolution).await;
    resolution.end();
}
