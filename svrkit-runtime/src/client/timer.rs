//! Ends calls whose deadline is over. Calls that are answered in time, nearly all, never concern it.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::connection::Link;
use crate::deadline;

/// Runs until its task is stopped or the link's table is closed.
pub(super) async fn run(link: Arc<impl Link + ?Sized>) {
    let pending = link.pending();
    let next = || match pending.is_closed() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(pending.timer()),
    };
    let over = |now| pending.overdue(now).into_iter().for_each(|call_id| link.expire(call_id));
    deadline::keep(&pending.earlier_deadline, next, over).await;
}
