//! The pool's side of resolving: the task that runs the resolver, and the last good list.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Pool, Source};
use crate::client::resolver::{Endpoint, Found, Resolution, Resolver, Wish};
use crate::status::Status;
use crate::status::catalogue::connecting;

/// What a pool and its resolver share.
#[derive(Debug, Default)]
pub(super) struct Resolving {
    wish: Arc<Wish>,
    found: watch::Sender<Found>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// The resolver has said that nothing will change any more.
    is_over: AtomicBool,
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
        self.resolving.found.send_modify(|found| {
            found.answers += 1;
            found.failure = None;
        });
    }

    /// The resolver found none: the last good one stays.
    pub(in crate::client) fn unresolved(&self, why: Status) {
        self.resolving.found.send_modify(|found| {
            found.answers += 1;
            found.failure = Some((Instant::now(), why));
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

    /// Waits for the first list.
    pub(super) async fn list(self: &Arc<Self>) -> Result<(), Status> {
        let mut found = self.resolving.found.subscribe();
        let before = found.borrow().answers;
        loop {
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
            {
                let found = found.borrow_and_update();
                if let Some((at, why)) = &found.failure
                    && (found.answers > before || at.elapsed() < self.limits().resolve_rest)
                {
                    return Err(why.clone());
                }
            }
            self.press();
            found.changed().await.expect("the pool has the sender");
        }
    }

    /// Runs the resolver, unless it runs.
    fn resolve(self: &Arc<Self>) {
        let Source::Resolver(resolver) = &self.source else { return };
        let mut task = self.resolving.task.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = task.as_ref().is_some_and(|task| !task.is_finished());
        if runs || self.resolving.is_over.load(Ordering::Relaxed) {
            return;
        }
        let resolution = Resolution::new(Arc::downgrade(self));
        *task = Some(tokio::spawn(run(Arc::clone(resolver), resolution, Gone(self.wish()))));
    }

    pub(in crate::client) fn resolver_ended(&self) {
        self.resolving.is_over.store(true, Ordering::Relaxed);
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

/// Has the next use of the client run the resolver again where its task is gone, with its runtime.
struct Gone(Arc<Wish>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.await_use();
    }
}

async fn run(resolver: Arc<dyn Resolver>, resolution: Resolution, _gone: Gone) {
    resolver.resolve(&resolution).await;
    resolution.end();
}
