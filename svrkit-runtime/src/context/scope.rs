//! Whose context it is: the task's.

use tokio::task::JoinHandle;

use super::Context;

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
    tokio::spawn(scope(current(), future))
}
