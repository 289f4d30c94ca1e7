//! Instants that lie ahead.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// As good as never, and within what every clock can hold.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The instant `wait` from now; a wait that no clock can hold ends in a century.
pub(crate) fn instant_after(wait: Duration) -> Instant {
    after(Instant::now(), wait)
}

/// The same from `now` on.
pub(crate) fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now + CENTURY)
}

/// Calls `over` at each deadline that `next` names, until that breaks it off: one sleep for many calls instead of a timer each, and
/// none while there is no deadline. `earlier` is told of one that comes before it, and of the end.
pub(crate) async fn keep(
    earlier: &Notify,
    next: impl Fn() -> ControlFlow<(), Option<Instant>>,
    over: impl Fn(Instant),
) {
    loop {
        let sooner = earlier.notified();
        match next() {
            ControlFlow::Break(()) => return,
            ControlFlow::Continue(None) => sooner.await,
            ControlFlow::Continue(Some(deadline)) => {
                if timeout_at(deadline, sooner).await.is_err() {
                    over(Instant::now());
                }
            }
        }
    }
}
