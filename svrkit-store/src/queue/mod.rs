//! Jobs in tables: a queue that is as safe as its store.

mod commits;
mod record;
mod steps;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use svrkit_runtime::queue::{
    Accepted, Guarantee, JobId, JobState, NewJob, Outcome, Pending, Queue, QueueError, QueueLoad, Taken,
};
use tokio::sync::Notify;

use self::record::{DEAD, DONE, DUE, JOBS, id_of, number_of};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::store::Store;

/// Who takes nothing looks again after this at the latest: jobs may be accepted by other values for the same store.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Ended jobs are forgotten so many at a time.
const FORGOTTEN_AT_ONCE: usize = 1_000;

/// Jobs in tables of a store: accepted, taken and ended by commits, and in one commit with something else ([`Self::accept`], [`Self::finish`]).
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::queue::{JobId, JobState, NewJob, Outcome, Queue};
/// use svrkit_store::{Store, TableQueue};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let queue = TableQueue::open(Store::in_memory()).await?;
/// let id = JobId::random();
/// queue.put(NewJob::new("receipts", id, "account 7")).await?;
///
/// let taken = queue.take("receipts", 1, Duration::from_secs(60)).await?;
/// queue.settle(&taken[0], Outcome::Done("written".into())).await?;
/// assert_eq!(queue.state("receipts", id).await?, Some(JobState::Done { answer: "written".into() }));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TableQueue(Arc<Shared>);

/// What a queue in tables is held to. Each limit has the name that errors tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueLimits {
    /// `queue.jobs`: most jobs of one queue that are not ended. What comes then is refused.
    pub jobs: usize,
    /// `queue.keep`: for so long the outcome of a job that is done can be asked for.
    pub keep: Duration,
}

impl Default for QueueLimits {
    /// A million jobs; a day.
    fn default() -> Self {
        Self { jobs: 1_000_000, keep: Duration::from_secs(24 * 3600) }
    }
}

struct Shared {
    store: Store,
    limits: QueueLimits,
    /// Milliseconds since 1970.
    clock: Box<dyn Fn() -> u64 + Send + Sync>,
    changed: Notify,
    seen: Mutex<Seen>,
}

/// What is known without a look at the store.
#[derive(Debug, Default)]
struct Seen {
    /// Jobs that are not ended, by queue.
    open: HashMap<String, usize>,
    /// Before then nothing is forgotten again.
    forget_at: u64,
}

impl TableQueue {
    /// The queues in `store`.
    ///
    /// # Errors
    /// Those of the store: it goes through the jobs that have not ended.
    pub async fn open(store: Store) -> Result<Self, StoreError> {
        Self::open_limited(store, QueueLimits::default()).await
    }

    /// The same, under these limits.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_limited(store: Store, limits: QueueLimits) -> Result<Self, StoreError> {
        Self::open_by_clock(store, limits, now_ms).await
    }

    /// The same, by another clock: milliseconds since 1970, for tests.
    ///
    /// Where the clock of a machine is set back, jobs that wait for a time wait for longer; where it is set forward, leases are over too early, and jobs may be done twice
    /// at once. Their outcome counts once.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_by_clock(
        store: Store,
        limits: QueueLimits,
        clock: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let open = steps::count_open(&store).await?;
        let seen = Mutex::new(Seen { open, forget_at: 0 });
        Ok(Self(Arc::new(Shared { store, limits, clock: Box::new(clock), changed: Notify::new(), seen })))
    }

    /// Has `batch` accept a job as well, one of several: [`Self::accept`] does all there is to do for one. The whole batch is a [`Conflict`](StoreError::Conflict) where one of its id was
    /// accepted before. It is not counted for `queue.jobs` before the queue is opened again. Workers on the same value look for it when it is told to them by [`Self::notify`], or within a second.
    pub fn put_in(&self, batch: Batch, job: NewJob) -> Batch {
        steps::accept(batch, job, self.now())
    }

    /// Has `batch` end an attempt as well: for workers of one's own, where [`Self::finish`] does all there is to do in a handler. The whole batch is a [`Conflict`](StoreError::Conflict) where the lease is over meanwhile: then nothing of it has happened, and somebody else has the job.
    ///
    /// # Errors
    /// [`QueueError::Lost`] where it is over already; those of the store.
    pub async fn settle_in(
        &self,
        batch: Batch,
        taken: &Taken,
        outcome: Outcome,
    ) -> Result<Batch, QueueError> {
        let job =
            self.0.store.get(&JOBS, &(taken.queue.clone(), number_of(taken.id))).await.map_err(failed)?;
        let job = job.filter(|job| steps::is_leased(job, taken));
        let job = job.ok_or_else(|| QueueError::lost(&taken.queue, taken.id))?;
        Ok(steps::end(batch, taken, job, outcome, self.now()))
    }

    /// Tells workers that jobs have been accepted by batches.
    pub fn notify(&self) {
        self.0.changed.notify_waiters();
    }

    fn now(&self) -> u64 {
        (self.0.clock)()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs a queue may have, where it has them.
    fn full(&self, queue: &str) -> Option<usize> {
        let max = self.0.limits.jobs;
        self.seen().open.get(queue).is_some_and(|open| *open >= max).then_some(max)
    }

    fn count_begun(&self, queue: &str) {
        *self.seen().open.entry(queue.to_owned()).or_default() += 1;
    }

    async fn state_of(&self, queue: &str, id: JobId) -> Result<Option<JobState>, QueueError> {
        let job = self.0.store.get(&JOBS, &(queue.to_owned(), number_of(id))).await.map_err(failed)?;
        Ok(job.map(|job| job.record.state()))
    }

    async fn lease(&self, queue: &str, most: usize, lease: Duration) -> Result<Vec<Taken>, QueueError> {
        let now = self.now();
        self.forget(now).await?;
        let until = now.saturating_add(millis(lease));
        let due = (queue.to_owned(), 0, 0)..=(queue.to_owned(), now, u128::MAX);
        let due = self.0.store.scan(&DUE, due, most).await.map_err(failed)?;
        let mut taken = Vec::new();
        // Commits that are asked for together are written together.
        let leases = due.into_iter().map(|(key, _)| {
            let store = self.0.store.clone();
            async move { steps::lease(&store, key, (now, until)).await }
        });
        for leased in together(leases).await {
            taken.extend(leased.map_err(failed)?);
        }
        Ok(taken)
    }

    async fn end(&self, taken: &Taken, outcome: Outcome) -> Result<(), QueueError> {
        let is_ended = matches!(outcome, Outcome::Done(_) | Outcome::Dead { .. });
        let batch = self.settle_in(Batch::new(), taken, outcome).await?;
        match self.0.store.commit(batch).await {
            Ok(_) => {
                if is_ended {
                    self.count_ended(&taken.queue);
                }
                self.notify();
                Ok(())
            }
            Err(StoreError::Conflict(_)) => Err(QueueError::lost(&taken.queue, taken.id)),
            Err(error) => Err(failed(error)),
        }
    }

    fn count_ended(&self, queue: &str) {
        if let Some(open) = self.seen().open.get_mut(queue) {
            *open = open.saturating_sub(1);
        }
    }

    /// Takes away what was done so long ago that nobody may ask for it, now and then.
    async fn forget(&self, now: u64) -> Result<(), QueueError> {
        let keep = millis(self.0.limits.keep);
        {
            let mut seen = self.seen();
            if now < seen.forget_at {
                return Ok(());
            }
            seen.forget_at = now.saturating_add((keep / 10).clamp(1_000, 60_000));
        }
        let Some(before) = now.checked_sub(keep) else { return Ok(()) };
        let old = self
            .0
            .store
            .scan(&DONE, ..(before, String::new(), 0), FORGOTTEN_AT_ONCE)
            .await
            .map_err(failed)?;
        if old.len() == FORGOTTEN_AT_ONCE {
            // There may be more.
            self.seen().forget_at = now;
        }
        let batch = old.into_iter().fold(Batch::new(), |batch, (key, _)| {
            let (_, queue, id) = key.clone();
            batch.delete(&JOBS, &(queue, id)).delete(&DONE, &key)
        });
        self.0.store.commit(batch).await.map_err(failed)?;
        Ok(())
    }

    async fn raise(&self, queue: &str, id: JobId) -> Result<bool, QueueError> {
        let key = (queue.to_owned(), number_of(id));
        let Some(job) =
            self.0.store.get(&JOBS, &key).await.map_err(failed)?.filter(|job| steps::is_dead(&job.record))
        else {
            return Ok(false);
        };
        match self.0.store.commit(steps::revive(key, job, self.now())).await {
            Ok(_) => {
                self.count_begun(queue);
                self.notify();
                Ok(true)
            }
            // Somebody else has revived it.
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn now_has(&self, queue: &str) -> Result<QueueLoad, QueueError> {
        let jobs = self.seen().open.get(queue).copied().unwrap_or(0);
        let late = self.first_due(queue).await?.map_or(0, |due| self.now().saturating_sub(due));
        Ok(QueueLoad { jobs, late: Duration::from_millis(late) })
    }

    /// When the next job is to be taken.
    async fn first_due(&self, queue: &str) -> Result<Option<u64>, QueueError> {
        let all = (queue.to_owned(), 0, 0)..=(queue.to_owned(), u64::MAX, u128::MAX);
        let first = self.0.store.scan(&DUE, all, 1).await.map_err(failed)?;
        Ok(first.first().map(|((_, due, _), _)| *due))
    }

    async fn wait(&self, queue: &str) -> Result<(), QueueError> {
        let changed = self.0.changed.notified();
        let due =
            self.first_due(queue).await?.map(|due| Duration::from_millis(due.saturating_sub(self.now())));
        let look = due.map_or(LOOK_EVERY, |due| due.min(LOOK_EVERY));
        // Over time, or told: it looks either way.
        let _told = tokio::time::timeout(look, changed).await;
        Ok(())
    }
}

impl Queue for TableQueue {
    fn guarantee(&self) -> Guarantee {
        self.0.store.guarantee()
    }

    fn put(&self, job: NewJob) -> Pending<'_, Accepted> {
        Box::pin(self.accept(Batch::new(), job))
    }

    fn take<'a>(&'a self, queue: &'a str, most: usize, lease: Duration) -> Pending<'a, Vec<Taken>> {
        Box::pin(self.lease(queue, most, lease))
    }

    fn settle<'a>(&'a self, taken: &'a Taken, outcome: Outcome) -> Pending<'a, ()> {
        Box::pin(self.end(taken, outcome))
    }

    fn state<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, Option<JobState>> {
        Box::pin(self.state_of(queue, id))
    }

    fn dead<'a>(&'a self, queue: &'a str, after: Option<JobId>, most: usize) -> Pending<'a, Vec<JobId>> {
        Box::pin(async move {
            let end = (queue.to_owned(), u128::MAX);
            let start = match after.map(|after| number_of(after).checked_add(1)) {
                None => 0,
                Some(Some(next)) => next,
                Some(None) => return Ok(Vec::new()),
            };
            let range = (queue.to_owned(), start)..=end;
            let dead = self.0.store.scan(&DEAD, range, most).await.map_err(failed)?;
            Ok(dead.into_iter().map(|((_, id), _)| id_of(id)).collect())
        })
    }

    fn revive<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, bool> {
        Box::pin(self.raise(queue, id))
    }

    fn load<'a>(&'a self, queue: &'a str) -> Pending<'a, QueueLoad> {
        Box::pin(self.now_has(queue))
    }

    fn changed<'a>(&'a self, queue: &'a str) -> Pending<'a, ()> {
        Box::pin(self.wait(queue))
    }
}

impl fmt::Debug for TableQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableQueue")
            .field("store", &self.0.store)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

fn failed(error: StoreError) -> QueueError {
    match error {
        StoreError::Conflict(_) => QueueError::Conflict(error.into()),
        StoreError::OverLimit { .. } | StoreError::Unencodable(_) => QueueError::Refused(error.into()),
        error => QueueError::Failed(error.into()),
    }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What all of these come to, polled by turns.
async fn together<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut is_ready = true;
        for (future, ended) in pending.iter_mut().filter(|(_, ended)| ended.is_none()) {
            match future.as_mut().poll(context) {
                std::task::Poll::Ready(value) => *ended = Some(value),
                std::task::Poll::Pending => is_ready = false,
            }
        }
        if is_ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    pending.into_iter().filter_map(|(_, ended)| ended).collect()
}
