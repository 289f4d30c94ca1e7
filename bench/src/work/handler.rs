//! What a server does with a call.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::spin::spin;

/// What a server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Duty {
    pub handler: Handler,
    /// `handlers.running` and, in milliseconds, `queue.wait`, where they are not as they come. For svrkit alone.
    pub bounds: Option<(u32, u64)>,
}

impl From<Handler> for Duty {
    fn from(handler: Handler) -> Self {
        Self {
            handler,
            bounds: None,
        }
    }
}

/// What a handler does, as the command line of a server carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Handler {
    /// Computes for so many turns of the loop.
    Compute { spins: u64 },
    /// Waits for one of the places, and then for its time.
    Wait(Wait),
    /// Calls another server so often, one call after the other. For svrkit alone.
    Forward { to: SocketAddr, calls: u32 },
}

/// A handler that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wait {
    pub ms: u64,
    /// How many may be at it at once: connections to a store, say.
    pub places: usize,
    /// Who has waited for a place for longer looks into the store all the same, which is half of the work, and gives up.
    pub patience_ms: u64,
    /// So many of a hundred fail whatever happens.
    pub sickness: u64,
}

impl Wait {
    /// It waits for as long as it takes, and never fails.
    pub(crate) fn of(ms: u64, places: usize) -> Self {
        Self {
            ms,
            places,
            patience_ms: u64::MAX,
            sickness: 0,
        }
    }
}

/// Why a handler fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It took too long.
    TooLong,
    /// Something is broken.
    Broken,
    /// It does what this peer has not.
    Unknown,
}

/// A handler, and what its calls share.
#[derive(Debug)]
pub(crate) struct Worker {
    handler: Handler,
    places: Semaphore,
    calls: AtomicU64,
}

impl Worker {
    pub(crate) fn new(handler: Handler) -> Self {
        let places = match handler {
            Handler::Wait(wait) => wait.places.min(Semaphore::MAX_PERMITS),
            Handler::Compute { .. } | Handler::Forward { .. } => 0,
        };
        Self {
            handler,
            places: Semaphore::new(places),
            calls: AtomicU64::new(0),
        }
    }

    pub(crate) async fn work(&self) -> Result<(), Trouble> {
        match self.handler {
            Handler::Compute { spins } => spin(spins),
            Handler::Wait(wait) => self.wait(wait).await?,
            Handler::Forward { .. } => return Err(Trouble::Unknown),
        }
        Ok(())
    }

    async fn wait(&self, wait: Wait) -> Result<(), Trouble> {
        let came = Instant::now();
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let _place = self.places.acquire().await.map_err(|_| Trouble::Broken)?;
        if came.elapsed().as_millis() > u128::from(wait.patience_ms) {
            sleep(Duration::from_millis(wait.ms / 2)).await;
            return Err(Trouble::TooLong);
        }
        sleep(Duration::from_millis(wait.ms)).await;
        // Spread over all calls: 37 has no divisor in common with 100.
        match number * 37 % 100 < wait.sickness {
            true => Err(Trouble::Broken),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(wait: Wait, calls: usize) -> Vec<Result<(), Trouble>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let worker = Worker::new(Handler::Wait(wait));
            futures::future::join_all((0..calls).map(|_| worker.work())).await
        })
    }

    #[test]
    fn of_a_hundred_calls_as_many_fail_as_it_is_sick() {
        let sick = Wait {
            sickness: 60,
            ..Wait::of(0, 1000)
        };
        let outcomes = run(sick, 100);
        let failed = outcomes
            .iter()
            .filter(|outcome| **outcome == Err(Trouble::Broken));
        assert_eq!(failed.count(), 60);
    }

    #[test]
    fn who_has_waited_for_too_long_gives_up() {
        let impatient = Wait {
            patience_ms: 0,
            ..Wait::of(4, 1)
        };
        assert_eq!(run(impatient, 2), [Ok(()), Err(Trouble::TooLong)]);
    }
}
