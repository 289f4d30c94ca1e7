//! The readiness checks of a server, and their one run for all who ask at the same time.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Obstacle;
use crate::log::{self, Event};
use crate::task;

/// What speaks against giving calls to a server: nothing, or what some checks said.
type Obstacles = Arc<[Obstacle]>;

type Checking = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// The checks, and a run of them where one is under way.
#[derive(Default)]
pub(super) struct Readiness {
    checks: Mutex<Vec<Check>>,
    run: Mutex<Option<watch::Receiver<Option<Obstacles>>>>,
}

#[derive(Clone)]
struct Check {
    name: Arc<str>,
    begin: Arc<dyn Fn() -> Checking + Send + Sync>,
    /// The error of its last run, which the log has; empty: there was none.
    said: Arc<Mutex<String>>,
}

/// What those who ask are told of a check's error: like a handler's it may hold names, paths, secrets.
const FAILED: &str = "the check failed; the server's log has why";

impl Readiness {
    pub(super) fn add<F, E>(&self, name: String, check: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        let begin = move || {
            let checking = check();
            Box::pin(async move { checking.await.map_err(|error| error.to_string()) }) as Checking
        };
        lock(&self.checks).push(Check { name: name.into(), begin: Arc::new(begin), said: Arc::default() });
    }

    /// Runs every check, each for at most `limit`, or waits for the run that is under way: a flood of questions costs as much as one.
    pub(super) async fn obstacles(&self, limit: Duration) -> Obstacles {
        let checks = lock(&self.checks).clone();
        if checks.is_empty() {
            return Arc::default();
        }
        let mut run = {
            let mut run = lock(&self.run);
            match &*run {
                // One whose task is gone has ended, with its result or with its runtime.
                Some(under_way) if under_way.has_changed().is_ok() => under_way.clone(),
                _ => {
                    let (done, under_way) = watch::channel(None);
                    task::spawn(async move {
                        // Fails where nobody waits any more.
                        let _ = done.send(Some(obstacles_of(checks, limit).await));
                    });
                    run.insert(under_way).clone()
                }
            }
        };
        match run.wait_for(Option::is_some).await {
            Ok(obstacles) => obstacles.clone().unwrap_or_default(),
            Err(_) => [obstacle("readiness", "the runtime that ran the checks has ended".into())].into(),
        }
    }
}

async fn obstacles_of(checks: Vec<Check>, limit: Duration) -> Obstacles {
    let running: Vec<_> = checks.into_iter().map(|check| (check.name.clone(), start(check, limit))).collect();
    let mut obstacles = Vec::new();
    for (name, check) in running {
        let outcome =
            check.await.unwrap_or_else(|_| Err("the check panicked; the server's log has the place".into()));
        obstacles.extend(outcome.err().map(|reason| obstacle(&name, reason)));
    }
    obstacles.into()
}

/// Each on a task of its own: one that panics, or takes its time, is no other's business.
fn start(check: Check, limit: Duration) -> JoinHandle<Result<(), String>> {
    task::spawn(async move {
        let late = |_| format!("no result within {} ms (health.timeout)", limit.as_millis());
        let outcome = timeout(limit, (check.begin)()).await.map_err(late)?;
        check.tell(outcome.as_ref().err().map_or("", String::as_str));
        outcome.map_err(|_| FAILED.into())
    })
}

impl Check {
    /// Tells the log of an error, once for all runs in a row that end with the same: who asks often must not fill it.
    fn tell(&self, error: &str) {
        let mut said = lock(&self.said);
        if *said == error {
            return;
        }
        error.clone_into(&mut said);
        drop(said);
        if !error.is_empty() {
            log::line(
                Event::CheckFailed,
                &[("check", &self.name)],
                format_args!("the readiness check {} failed: {error}", self.name),
            );
        }
    }
}

fn obstacle(name: &str, reason: String) -> Obstacle {
    Obstacle { name: name.into(), reason, ..Obstacle::default() }
}

/// Each change under a lock is one operation: a panic cannot leave it half done.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
