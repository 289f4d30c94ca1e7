//! Where a resolver tells what it finds, and learns when it is asked again.

use std::sync::Weak;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Endpoint;
use crate::client::pool::Pool;
use crate::deadline::instant_after;
use crate::status::Status;
use crate::status::catalogue::connecting;

/// Takes what a [`Resolver`](super::Resolver) finds to the client.
#[derive(Debug)]
pub struct Resolution {
    pool: Weak<Pool>,
}

impl Resolution {
    pub(in crate::client) fn new(pool: Weak<Pool>) -> Self {
        Self { pool }
    }

    /// All endpoints there are now. Connections to those that are on the list still go on being used, calls in flight to those
    /// that are not end as they would have.
    ///
    /// An empty list, and one of more than `resolve.endpoints`, is taken for a failure ([`Self::failed`]). Of endpoints of the
    /// same address the first counts.
    pub fn found(&self, endpoints: Vec<Endpoint>) {
        let Some(pool) = self.pool.upgrade() else { return };
        let (len, max) = (endpoints.len(), pool.limits().resolve_endpoints);
        if endpoints.is_empty() {
            return pool.unresolved(connecting::endpoints_missing(pool.target()));
        }
        if len > max {
            return pool.unresolved(connecting::endpoints_too_many(len, max));
        }
        pool.resolved(endpoints);
    }

    /// It could not be found out. The last good list goes on being used; without one, `why` is how requests end.
    pub fn failed(&self, why: Status) {
        if let Some(pool) = self.pool.upgrade() {
            pool.unresolved(why);
        }
    }

    /// What was said last is so still: whoever waits for an answer hears it again.
    pub(super) fn unchanged(&self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.unchanged();
        }
    }

    /// Waits until it is worth asking again: after `time` if the client is used then, else as soon as it is; earlier when no
    /// endpoint can be connected to, though not before `resolve.rest`. A client that nobody uses waits without a timer.
    pub async fn pause(&self, time: Duration) {
        // Not held across the wait: a client that its users have dropped would live on.
        let Some((wish, rest)) =
            self.pool.upgrade().map(|pool| (pool.wish(), pool.limits().resolve_rest.min(time)))
        else {
            return std::future::pending().await;
        };
        let (rested, over) = (instant_after(rest), instant_after(time));
        sleep_until(rested).await;
        while !wish.urgent.load(Ordering::Relaxed) {
            if timeout_at(over, wish.told.notified()).await.is_err() {
                wish.used().await;
                break;
            }
        }
        // Whatever was asked by now, the look that follows answers.
        wish.answer();
    }

    /// Nothing will change any more.
    pub(in crate::client) fn end(&self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.resolver_ended();
        }
    }

    /// The limits of the client, `resolve.refresh` among them.
    #[must_use]
    pub fn limits(&self) -> crate::Limits {
        self.pool.upgrade().map(|pool| *pool.limits()).unwrap_or_default()
    }
}

/// What a resolver said last.
#[derive(Debug, Default)]
pub(in crate::client) struct Found {
    /// Counts what it said.
    pub(in crate::client) answers: u64,
    /// Why its last answer is none, and since when.
    pub(in crate::client) failure: Option<(Instant, Status)>,
    /// It has said that nothing will change any more.
    pub(in crate::client) is_over: bool,
}

/// What a client asks of its resolver.
#[derive(Debug, Default)]
pub(in crate::client) struct Wish {
    /// The resolver waits for the client to be used.
    sleeping: AtomicBool,
    urgent: AtomicBool,
    told: Notify,
}

impl Wish {
    /// Has [`Self::note_use`] tell of the next use.
    pub(in crate::client) fn await_use(&self) {
        self.sleeping.store(true, Ordering::Relaxed);
    }

    /// What was pressed for is answered. Before anybody hears the answer: who presses after that asks anew.
    pub(in crate::client) fn answer(&self) {
        self.urgent.store(false, Ordering::Relaxed);
    }

    /// Waits until the client is used.
    async fn used(&self) {
        self.await_use();
        // It may have been pressed for just before.
        while self.sleeping.load(Ordering::Relaxed) && !self.urgent.load(Ordering::Relaxed) {
            self.told.notified().await;
        }
    }

    /// The client is used: a load, but for the first time in a while. True: it was asleep.
    pub(in crate::client) fn note_use(&self) -> bool {
        if !self.sleeping.load(Ordering::Relaxed) || !self.sleeping.swap(false, Ordering::Relaxed) {
            return false;
        }
        self.told.notify_one();
        true
    }

    /// No endpoint can be connected to.
    pub(in crate::client) fn press(&self) {
        self.urgent.store(true, Ordering::Relaxed);
        self.sleeping.store(false, Ordering::Relaxed);
        self.told.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::client::pool::Settings;
    use crate::client::resolver::Target;
    use crate::limits::Limits;

    fn pool() -> Arc<Pool> {
        let limits = Limits { resolve_rest: Duration::from_secs(5), ..Limits::default() };
        let settings = Settings { limits, ..Settings::default() };
        Pool::new("127.0.0.1:1", Target::parse("127.0.0.1:1"), settings)
    }

    /// What happens, after so many seconds.
    type Event = (u64, fn(&Wish));

    /// How many seconds a pause of thirty takes when `events` happen.
    async fn pause(events: &[Event]) -> u64 {
        let pool = pool();
        let (began, wish) = (Instant::now(), pool.wish());
        let pausing = tokio::spawn({
            let resolution = Resolution::new(Arc::downgrade(&pool));
            async move {
                resolution.pause(Duration::from_secs(30)).await;
                began.elapsed().as_secs()
            }
        });
        for (seconds, event) in events {
            sleep_until(began + Duration::from_secs(*seconds)).await;
            event(&wish);
        }
        pausing.await.unwrap()
    }

    fn used(wish: &Wish) {
        wish.note_use();
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_by_the_next_use_after_its_time() {
        assert_eq!(pause(&[(1, used), (29, used), (1000, used)]).await, 1000, "nobody used it between");
        assert_eq!(pause(&[(31, used)]).await, 31);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_early_where_no_endpoint_can_be_connected_to_after_a_rest() {
        assert_eq!(pause(&[(12, Wish::press)]).await, 12);
        assert_eq!(pause(&[(0, Wish::press)]).await, 5, "before it began, and after the last answer");
        assert_eq!(pause(&[(1, Wish::press), (2, Wish::press)]).await, 5, "resolve.rest");
        assert_eq!(pause(&[(100, Wish::press)]).await, 100, "it is a use as well");
    }

    #[tokio::test(start_paused = true)]
    async fn the_pause_of_a_client_that_is_gone_does_not_end() {
        let pausing = Resolution::new(Weak::new());
        let year = Duration::from_secs(365 * 24 * 3600);
        assert!(tokio::time::timeout(year, pausing.pause(Duration::ZERO)).await.is_err());
    }
}
