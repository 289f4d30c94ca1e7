//! What a thread knows of the time while it handles requests that were read together: a look at the clock costs as much as a small handler,
//! and those that follow each other within microseconds can share one.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

/// A handler whose deadline is nearer than this has a look at the clock of its own before it starts: the others started where their requests
/// were read, within few calls of the last look, and start in time as long as those few do not hold their thread for so long.
const NEAR: Duration = Duration::from_millis(100);

thread_local! {
    static LAST: Cell<Option<Moment>> = const { Cell::new(None) };
}

/// A look at the clock, at [`Self::now`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// When the requests were read.
    read_at: Instant,
    now: Instant,
    /// What came at [`Self::read_at`] had waited so long.
    waited: Duration,
    /// A deadline after this is far away.
    far: Instant,
}

impl Moment {
    fn new(read_at: Instant, now: Instant) -> Self {
        let far = now.checked_add(NEAR).unwrap_or(now);
        Self { read_at, now, waited: now.saturating_duration_since(read_at), far }
    }

    /// The last look, where this thread is within a batch and what starts now is in time by it.
    pub(super) fn before(deadline: Option<Instant>) -> Option<Self> {
        LAST.get().filter(|last| deadline.is_none_or(|deadline| deadline > last.far))
    }

    /// The time by the last look of this thread where it is within a batch, and else by the clock.
    pub(super) fn now() -> Instant {
        LAST.get().map_or_else(Instant::now, |last| last.now)
    }

    /// How long it had waited that came at `began`.
    pub(super) fn waited_since(&self, began: Instant) -> Duration {
        if began == self.read_at { self.waited } else { self.now.saturating_duration_since(began) }
    }
}

/// The last look at the clock of what this thread handles together; a look of its own where it handles nothing.
pub(crate) fn looked() -> Instant {
    LAST.get().map_or_else(Instant::now, |last| last.now)
}

/// Requests that were read together and are handled now, on this thread, until it is dropped.
#[derive(Debug)]
pub(crate) struct Together {
    read_at: Instant,
}

impl Together {
    /// They were read at `read_at`, and it is `now`.
    pub(crate) fn begin(read_at: Instant, now: Instant) -> Self {
        LAST.set(Some(Moment::new(read_at, now)));
        Self { read_at }
    }

    /// Looks at the clock.
    pub(crate) fn look(&self) -> Instant {
        let now = Instant::now();
        LAST.set(Some(Moment::new(self.read_at, now)));
        now
    }
}

impl Drop for Together {
    fn drop(&mut self) {
        LAST.set(None);
    }
}
