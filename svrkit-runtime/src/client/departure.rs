//! Whether a connection still takes calls, and who is told when it does not.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Set once, when a connection takes no new calls any more.
#[derive(Debug, Default)]
pub(super) struct Departure {
    begun: AtomicBool,
    told: Notify,
}

impl Departure {
    pub(super) fn begin(&self) {
        if !self.begun.swap(true, Ordering::AcqRel) {
            self.told.notify_waiters();
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// Waits until it has begun.
    pub(super) async fn begun(&self) {
        loop {
            let told = self.told.notified();
            if self.has_begun() {
                return;
            }
            told.await;
        }
    }
}
