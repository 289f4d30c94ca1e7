//! Instants that lie ahead.

use std::time::Duration;

use tokio::time::Instant;

/// As good as never, and within what every clock can hold.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The instant `wait` from now; a wait that no clock can hold ends in a century.
pub(crate) fn instant_after(wait: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(wait).unwrap_or(now + CENTURY)
}
