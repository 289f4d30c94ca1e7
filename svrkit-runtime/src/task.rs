//! Tasks: begun here and nowhere else in this crate, so that a simulated host has its own.

use tokio::task::JoinHandle;

/// As [`tokio::spawn`]; on a simulated host the task is one of its process.
pub(crate) fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    #[cfg(feature = "simulation")]
    if let Some(process) = crate::simulation::Process::current() {
        return process.spawn(future);
    }
    tokio::spawn(future)
}
