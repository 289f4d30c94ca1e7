//! Ends calls whose deadline is over.
//!
//! One task a connection instead of a timer a call: it sleeps until the earliest deadline it knows of, and is told
//! only of a call that has an earlier one. Calls that are answered in time, nearly all, never concern it.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::connection::Link;

/// Runs until its task is stopped or the link's table is closed.
pub(super) async fn run(link: Arc<impl Link + ?Sized>) {
    let pending = link.pending();
    while !pending.is_closed() {
        let earlier = pending.earlier_deadline.notified();
        match pending.timer() {
            None => earlier.await,
            Some(deadline) => {
                if timeout_at(deadline, earlier).await.is_err() {
                    pending.overdue(Instant::now()).into_iter().for_each(|call_id| link.expire(call_id));
                }
            }
        }
    }
}
