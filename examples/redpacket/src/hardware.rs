//! The simulated machine: so many calls at once, for a time each.

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::sleep;

/// What a tier's capacity comes from, in the place of processors: several tiers share the ones there are, and none is to take them from the others.
///
/// Whoever waits for a place waits in a line without an end, as the calls of a real machine wait for its processors: what stands before that line is
/// the server's protection.
#[derive(Debug)]
pub(crate) struct Hardware {
    places: Semaphore,
}

impl Hardware {
    pub(crate) fn new(places: u64) -> Self {
        let places = usize::try_from(places).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { places: Semaphore::new(places) }
    }

    /// Works at a call for `time`, in a place of its own.
    pub(crate) async fn work(&self, time: Duration) {
        // Nobody closes it.
        let _place = self.places.acquire().await;
        sleep(time).await;
    }
}
