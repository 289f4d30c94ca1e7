//! Scenes of threads that meet, for tests: each is run in every order in which they can.
//!
//! loom puts its own locks and atomics in the place of the system's, and goes through all orders, those that only weak memory
//! shows included, with at most [`PREEMPTIONS`] switches that no thread asked for. What is to be tested takes its locks by `super::`;
//! the test includes its file once more, with loom's.

use loom::model::Builder;
use loom::sync::atomic::{AtomicU32, Ordering};

/// Most bugs need two switches at the wrong moment (Musuvathi and Qadeer, PLDI 2007); this is one more.
const PREEMPTIONS: usize = 3;

/// Runs a scene in every order of its threads.
pub(crate) fn in_every_order(scene: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(scene);
}

/// tokio's, with a moment before each use in which another thread may run: loom does not see into it.
#[derive(Debug, Default)]
pub(crate) struct Notify {
    told: tokio::sync::Notify,
    uses: AtomicU32,
}

impl Notify {
    pub(crate) fn notified(&self) -> tokio::sync::futures::Notified<'_> {
        self.others_may_run();
        self.told.notified()
    }

    pub(crate) fn notify_one(&self) {
        self.others_may_run();
        self.told.notify_one();
    }

    pub(crate) fn notify_waiters(&self) {
        self.others_may_run();
        self.told.notify_waiters();
    }

    fn others_may_run(&self) {
        // Relaxed: it must not order what the table has to.
        self.uses.fetch_add(1, Ordering::Relaxed);
    }
}

impl std::ops::Deref for Notify {
    type Target = tokio::sync::Notify;

    fn deref(&self) -> &Self::Target {
        &self.told
    }
}
