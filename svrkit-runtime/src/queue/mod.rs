//! Take now, do later: jobs that are accepted at once and done when there is time for them.
//!
//! A [`Queue`] holds jobs: accepted once for an id, done at least once, tried again after a time when that fails, and dead letters after so many times.
//! [`Workers`] do them, no faster than they are told to. [`MemoryQueue`] is a queue for tests; the durable one is `svrkit_store::TableQueue`.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use svrkit_runtime::queue::{Accepted, JobId, JobState, MemoryQueue, NewJob, Queue, Workers};
//! use svrkit_runtime::{Bytes, Rate};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), svrkit_runtime::queue::QueueError> {
//! let queue: Arc<dyn Queue> = Arc::new(MemoryQueue::default());
//! let workers = Workers::of(Arc::clone(&queue), "shouts").rate(Rate::per_second(100)).start(|job| async move {
//!     Ok(Bytes::from(job.request.to_ascii_uppercase()))
//! });
//!
//! let id = JobId::random();
//! assert_eq!(queue.put(NewJob::new("shouts", id, "hello")).await?, Accepted::New);
//! // Who does not know whether that has come to pass does it again.
//! assert!(matches!(queue.put(NewJob::new("shouts", id, "hello")).await?, Accepted::Known(_)));
//!
//! tokio::time::sleep(Duration::from_secs(1)).await;
//! assert_eq!(queue.state("shouts", id).await?, Some(JobState::Done { answer: "HELLO".into() }));
//! workers.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod asking;
mod doing;
mod error;
mod guarantee;
mod job;
mod memory;
mod method;
mod offer;
mod serving;
mod spec;
mod ticket;
mod work;
mod workers;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use self::doing::Job;
pub use self::error::QueueError;
pub use self::guarantee::Guarantee;
pub(crate) use self::job::JOB_KEY;
pub use self::job::{Accepted, JobId, JobState, NewJob, NotAJobId, Outcome, QueueLoad, Taken};
pub use self::memory::MemoryQueue;
pub use self::method::QueuedMethod;
pub use self::offer::Offer;
pub(crate) use self::serving::{AtWork, Queued, Queues};
pub use self::spec::QueueSpec;
pub use self::ticket::Ticket;
pub use self::work::{Work, Worked};
pub use self::workers::{JobError, Workers, Working};

/// What a queue is asked for, and answers later.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, QueueError>> + Send + 'a>>;

/// Holds jobs. One value has any number of queues, by name.
///
/// What each has to keep, and the tests of `svrkit-store` hold theirs to:
/// - a job that was accepted is there, by what [`Queue::guarantee`] says, until it is done or dead and nobody has to ask for it any more;
/// - an id is accepted once;
/// - a job that was taken belongs to nobody else until its lease is over, and is there to be taken again then;
/// - an outcome counts once, of the latest lease alone.
pub trait Queue: fmt::Debug + Send + Sync + 'static {
    /// What a job is safe from once it was accepted.
    fn guarantee(&self) -> Guarantee;

    /// Accepts a job, or says what has become of the one of its id.
    fn put(&self, job: NewJob) -> Pending<'_, Accepted>;

    /// Takes jobs whose time has come, `most` at most, those first that have waited longest: for so long nobody else has them. None where there are none.
    fn take<'a>(&'a self, queue: &'a str, most: usize, lease: Duration) -> Pending<'a, Vec<Taken>>;

    /// Says how an attempt has ended. [`QueueError::Lost`]: too late.
    fn settle<'a>(&'a self, taken: &'a Taken, outcome: Outcome) -> Pending<'a, ()>;

    /// Where a job is. `None`: there is none of that id, or it ended so long ago that it is forgotten.
    fn state<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, Option<JobState>>;

    /// Dead letters in the order of their ids, `most` at most, from behind `after` on.
    fn dead<'a>(&'a self, queue: &'a str, after: Option<JobId>, most: usize) -> Pending<'a, Vec<JobId>>;

    /// Has a dead letter be tried again, as if for the first time. `false`: it is none.
    fn revive<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, bool>;

    /// What a queue has to do now. It is asked once a second for each queue.
    fn load<'a>(&'a self, queue: &'a str) -> Pending<'a, QueueLoad>;

    /// Returns when [`Queue::take`] may find something that it did not find before: a job has come, or a job's time has. It may return for nothing.
    fn changed<'a>(&'a self, queue: &'a str) -> Pending<'a, ()>;
}

/// The same queues.
impl<Q: Queue + ?Sized> Queue for Arc<Q> {
    fn guarantee(&self) -> Guarantee {
        (**self).guarantee()
    }

    fn put(&self, job: NewJob) -> Pending<'_, Accepted> {
        (**self).put(job)
    }

    fn take<'a>(&'a self, queue: &'a str, most: usize, lease: Duration) -> Pending<'a, Vec<Taken>> {
        (**self).take(queue, most, lease)
    }

    fn settle<'a>(&'a self, taken: &'a Taken, outcome: Outcome) -> Pending<'a, ()> {
        (**self).settle(taken, outcome)
    }

    fn state<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, Option<JobState>> {
        (**self).state(queue, id)
    }

    fn dead<'a>(&'a self, queue: &'a str, after: Option<JobId>, most: usize) -> Pending<'a, Vec<JobId>> {
        (**self).dead(queue, after, most)
    }

    fn revive<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, bool> {
        (**self).revive(queue, id)
    }

    fn load<'a>(&'a self, queue: &'a str) -> Pending<'a, QueueLoad> {
        (**self).load(queue)
    }

    fn changed<'a>(&'a self, queue: &'a str) -> Pending<'a, ()> {
        (**self).changed(queue)
    }
}
