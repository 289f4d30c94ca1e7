//! Who does the jobs: so many at once, no faster than a rate, again after a time where one fails.

mod backoff;
mod pace;

use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use self::backoff::Backoff;
use self::pace::Pace;
use super::Queue;
use super::doing::Job;
use super::error::QueueError;
use super::job::{Outcome, Taken};
use super::spec::QueueSpec;
use crate::context::Context;
use crate::log::{self, Event};
use crate::metrics::{AttemptEnd, QueueSeries};
use crate::race::before;
use crate::rate::Rate;
use crate::task;

/// After the queue has failed, it is asked again after so long.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Workers of a queue, before they start.
#[derive(Clone, Debug)]
#[must_use = "they do nothing before they start"]
pub struct Workers {
    queue: Arc<dyn Queue>,
    name: String,
    at_once: usize,
    rate: Option<Rate>,
    lease: Duration,
    attempts_max: u32,
    backoff: Backoff,
    /// Where their attempts are counted, if they are.
    counted: Option<QueueSeries>,
}

/// Workers at work. When it is dropped they take no more jobs, and those that they are at are given up: others will have them when their leases are over.
#[derive(Debug)]
pub struct Working {
    stop: watch::Sender<bool>,
    taking: JoinHandle<()>,
}

/// Why an attempt at a job has failed. Any error is one by `?`: then the job is tried again.
pub struct JobError {
    why: String,
    /// What the log says of it besides.
    because: Option<String>,
    is_final: bool,
    not_before: Duration,
}

impl Workers {
    /// Workers of the queue `name`: 16 jobs at once, no rate, leases of a minute, 10 attempts, between them at most 1 second the first time and 5 minutes in the end.
    pub fn of(queue: Arc<dyn Queue>, name: impl Into<String>) -> Self {
        Self {
            queue,
            name: name.into(),
            at_once: 16,
            rate: None,
            lease: Duration::from_secs(60),
            attempts_max: 10,
            backoff: Backoff { first: Duration::from_secs(1), max: Duration::from_secs(300) },
            counted: None,
        }
    }

    /// Those of a queue as its schema has it.
    pub(super) fn of_spec(queue: Arc<dyn Queue>, spec: &QueueSpec) -> Self {
        let workers = Self::of(queue, spec.name);
        Self {
            at_once: spec
                .workers
                .map_or(workers.at_once, |most| (most as usize).clamp(1, Semaphore::MAX_PERMITS)),
            rate: spec.rate,
            lease: spec.lease.unwrap_or(workers.lease),
            attempts_max: spec.attempts.unwrap_or(workers.attempts_max).max(1),
            ..workers
        }
    }

    /// Has them count their attempts.
    pub(super) fn counted(mut self, counted: Option<QueueSeries>) -> Self {
        self.counted = counted;
        self
    }

    /// How many jobs are done at once; at least one.
    pub fn at_once(mut self, jobs: usize) -> Self {
        self.at_once = jobs.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How many jobs are begun in a time: what the work behind them can bear.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// How long an attempt may take. It is stopped then, and the job is tried again; if its process has died, by others.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// After how many attempts a job that still fails is a dead letter; at least one.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts_max = attempts.max(1);
        self
    }

    /// How long at most before the second attempt, and before any: between them it doubles.
    pub fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.backoff = Backoff { first, max };
        self
    }

    /// Starts them. `handler` does a job, and may be asked to do one again that it has done before: its outcome may have been lost with a process. It runs in a context of
    /// the job ([`Context::job`]), which ends with the lease.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn start<H, F>(self, handler: H) -> Working
    where
        H: Fn(Taken) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Bytes, JobError>> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(false);
        let taking = task::spawn(take_all(Arc::new(self), Arc::new(handler), stopped));
        Working { stop, taking }
    }

    fn outcome(&self, taken: &Taken, ended: Result<Bytes, JobError>) -> Outcome {
        match ended {
            Ok(answer) => Outcome::Done(answer),
            Err(error) if error.is_final || taken.attempt >= self.attempts_max => {
                log::line(
                    Event::JobDead,
                    &[("queue", &taken.queue), ("job", &taken.id.to_string())],
                    format_args!(
                        "job {} of queue {} is a dead letter after {} attempts: {error}",
                        taken.id, taken.queue, taken.attempt
                    ),
                );
                Outcome::Dead { why: error.why }
            }
            Err(error) => {
                let delay = self.backoff.after(taken.attempt).max(error.not_before);
                Outcome::Again { delay, why: error.why }
            }
        }
    }
}

impl Working {
    /// Has them take no more jobs.
    pub(super) fn take_no_more(&self) {
        self.stop.send_replace(true);
    }

    /// Has them take no more jobs, and waits until those are done that they are at.
    pub async fn stop(mut self) {
        self.take_no_more();
        // Who panics has said so.
        let _panicked = (&mut self.taking).await;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

impl JobError {
    /// It is to be tried again.
    pub fn again(why: impl fmt::Display) -> Self {
        Self { why: why.to_string(), because: None, is_final: false, not_before: Duration::ZERO }
    }

    /// It is not to be tried again: nothing would be different.
    pub fn dead(why: impl fmt::Display) -> Self {
        Self { is_final: true, ..Self::again(why) }
    }

    /// The same, and it is not tried again before so long, whatever the back-off says.
    #[must_use]
    pub fn not_before(mut self, delay: Duration) -> Self {
        self.not_before = delay;
        self
    }

    /// The same with more for the log of whoever runs the workers: who asks for the job is not told.
    #[must_use]
    pub fn because(mut self, more: impl fmt::Display) -> Self {
        self.because = Some(more.to_string());
        self
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        self.because.as_ref().map_or(Ok(()), |more| write!(f, ": {more}"))
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobError").field("why", &self.why).field("is_final", &self.is_final).finish()
    }
}

impl<E: std::error::Error> From<E> for JobError {
    fn from(error: E) -> Self {
        Self::again(error)
    }
}

async fn take_all<H, F>(workers: Arc<Workers>, handler: Arc<H>, mut stopped: watch::Receiver<bool>)
where
    H: Fn(Taken) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Bytes, JobError>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(workers.at_once));
    let mut pace = workers.rate.map(|rate| Pace::new(rate, Instant::now()));
    // Whoever has them is gone, or wants them to stop.
    while let Some(free) = before(free_places(&places, pace.as_ref()), is_stopped(&mut stopped)).await {
        // Not given up half-way: what has been taken would be nobody's for its lease's time.
        let taken = workers.queue.take(&workers.name, free.len(), workers.lease).await;
        let taken = taken.unwrap_or_else(|error| {
            workers.tell_failed(&error);
            Vec::new()
        });
        if taken.is_empty() {
            drop(free);
            if before(workers.changed(), is_stopped(&mut stopped)).await.is_none() {
                break;
            }
            continue;
        }
        let now = Instant::now();
        for (taken, place) in taken.into_iter().zip(free) {
            pace.iter_mut().for_each(|pace| pace.begin(now));
            let (workers, handler, stopped) = (Arc::clone(&workers), Arc::clone(&handler), stopped.clone());
            task::spawn(async move {
                let _given_up = before(workers.do_one(&*handler, taken), is_gone(stopped)).await;
                drop(place);
            });
        }
    }
    // Each has its lease's time at most.
    let all = u32::try_from(workers.at_once).unwrap_or(u32::MAX);
    let _ended = places.acquire_many(all).await;
}

/// Places for jobs, one at least, and no more than may begin now.
async fn free_places(places: &Arc<Semaphore>, pace: Option<&Pace>) -> Vec<OwnedSemaphorePermit> {
    let mut free = Vec::new();
    // Nobody closes it.
    free.extend(Arc::clone(places).acquire_owned().await.ok());
    let most = match pace {
        None => usize::MAX,
        Some(pace) => {
            sleep_until(pace.next()).await;
            pace.ready(Instant::now())
        }
    };
    while free.len() < most
        && let Ok(place) = Arc::clone(places).try_acquire_owned()
    {
        free.push(place);
    }
    free
}

/// Returns when the workers are told to stop, or have been dropped.
async fn is_stopped(stopped: &mut watch::Receiver<bool>) {
    // An error: whoever could tell is gone.
    let _gone = stopped.wait_for(|is_stopped| *is_stopped).await;
}

/// Returns when the workers have been dropped.
async fn is_gone(mut stopped: watch::Receiver<bool>) {
    while stopped.changed().await.is_ok() {}
}

impl Workers {
    async fn do_one<H, F>(&self, handler: &H, taken: Taken)
    where
        H: Fn(Taken) -> F,
        F: Future<Output = Result<Bytes, JobError>>,
    {
        let begun = Instant::now();
        let job = Arc::new(Job::new(taken.clone()));
        let context = Context::default().timeout(self.lease).with_job(Arc::clone(&job));
        let doing = context.scope(unpanicked(|| handler(taken.clone())));
        let ended = timeout(self.lease, doing).await;
        let end = if job.is_settled() {
            AttemptEnd::Done
        } else {
            let ended = ended.unwrap_or_else(|_| Err(JobError::again("it took longer than its lease")));
            let outcome = self.outcome(&taken, ended);
            let end = end_of(&outcome);
            match self.queue.settle(&taken, outcome).await {
                Ok(()) => end,
                Err(error) => {
                    self.tell_failed(&error);
                    AttemptEnd::Unrecorded
                }
            }
        };
        if let Some(counted) = &self.counted {
            counted.attempted(end);
            if end == AttemptEnd::Done {
                counted.done(taken.age + begun.elapsed());
            }
        }
    }

    /// Returns when there may be something to take.
    async fn changed(&self) {
        if let Err(error) = self.queue.changed(&self.name).await {
            self.tell_failed(&error);
            sleep(AFTER_FAILURE).await;
        }
    }

    fn tell_failed(&self, error: &QueueError) {
        let words = format_args!("workers of queue {}: {error}", self.name);
        log::line(Event::QueueFailed, &[("queue", &self.name)], words);
    }
}

fn end_of(outcome: &Outcome) -> AttemptEnd {
    match outcome {
        Outcome::Done(_) => AttemptEnd::Done,
        Outcome::Again { .. } => AttemptEnd::Again,
        Outcome::Dead { .. } => AttemptEnd::Dead,
    }
}

/// What a handler answers; an error where it panics.
async fn unpanicked<F>(handler: impl FnOnce() -> F) -> Result<Bytes, JobError>
where
    F: Future<Output = Result<Bytes, JobError>>,
{
    let panicked = || JobError::again("its handler panicked");
    // What it has touched is its own, or was made for being touched by several.
    let Ok(future) = catch_unwind(AssertUnwindSafe(handler)) else { return Err(panicked()) };
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(panicked())))
    })
    .await
}
