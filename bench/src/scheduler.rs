//! The tokio scheduler under server and client: one thread of calls either way.

use std::fmt;
use std::future::Future;

use anyhow::{Context, Result};
use clap::ValueEnum;
use tokio::runtime::Builder;

/// Which of tokio's schedulers runs the calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    /// What `#[tokio::main]` gives, with one worker.
    #[default]
    OneWorker,
    /// Everything on the thread that blocks on it.
    CurrentThread,
}

impl Scheduler {
    /// Runs `future` as a task of its own until it ends.
    pub(crate) fn run<T: Send + 'static>(
        self,
        future: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let mut builder = match self {
            Self::OneWorker => Builder::new_multi_thread(),
            Self::CurrentThread => Builder::new_current_thread(),
        };
        // `current_thread` ignores the number.
        let runtime = builder
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot start tokio")?;
        runtime.block_on(async { tokio::spawn(future).await.context("the task panicked")? })
    }
}

/// As the command line spells it.
impl fmt::Display for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneWorker => "one-worker",
            Self::CurrentThread => "current-thread",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_run_on_one_thread_whichever_scheduler_it_is() {
        for scheduler in Scheduler::value_variants() {
            let [first, second] = scheduler
                .run(async {
                    let thread = || async { std::thread::current().id() };
                    Ok([tokio::spawn(thread()).await?, tokio::spawn(thread()).await?])
                })
                .unwrap();
            assert_eq!(first, second, "{scheduler}");
        }
    }

    #[test]
    fn a_scheduler_is_shown_as_the_command_line_spells_it() {
        for scheduler in Scheduler::value_variants() {
            assert_eq!(
                Scheduler::from_str(&scheduler.to_string(), false).as_ref(),
                Ok(scheduler)
            );
        }
    }
}
