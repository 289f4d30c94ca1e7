//! Whose context it is: the task's.

use tokio::task::JoinHandle;

use super::Context;
use crate::task;

tokio::task_local! {
    static CURRENT: Context;
}

pub(super) fn current() -> Context {
    CURRENT.try_with(Context::clone).unwrap_or_default()
}

pub(super) fn scope<F: Future>(context: Context, future: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(context, future)
}

/// Runs `future` on a task of its own, in the [`Context`] of the caller: [`tokio::spawn`] leaves it behind.
///
/// The task goes on when the call that began it has ended, as any task does; what it calls ends with the call's deadline.
///
/// # Panics
///
/// Outside of a tokio runtime.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    task::spawn(scope(current(), future))
}

/// Runs `work` on tokio's blocking pool, in the [`Context`] of the caller: [`tokio::task::spawn_blocking`] leaves it behind.
///
/// For what computes for long or blocks its thread, so that others are answered meanwhile. It cannot be stopped once it has
/// begun: `Context::current().remaining()` tells it whether anybody still waits. A method whose whole handler is of that kind
/// is `blocking="true"` in its schema.
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::{Context, spawn_blocking};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let context = Context::current().timeout(Duration::from_secs(2));
/// let remaining = context.scope(async { spawn_blocking(|| Context::current().remaining()).await });
/// assert!(remaining.await.unwrap() <= Some(Duration::from_secs(2)));
/// # }
/// ```
///
/// # Panics
///
/// Outside of a tokio runtime.
pub fn spawn_blocking<F, R>(work: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let context = current();
    tokio::task::spawn_blocking(move || CURRENT.sync_scope(context, work))
}
