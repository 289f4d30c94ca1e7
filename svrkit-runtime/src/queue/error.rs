//! Why a queue cannot do what it is asked for.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::job::JobId;
use crate::log::{self, Event};
use crate::status::catalogue::queueing;
use crate::status::{Retry, Status, story};

/// When who was refused by a full queue may try again.
const FULL_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Why a queue cannot do what it is asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum QueueError {
    /// It has as many jobs as it may.
    Full {
        /// The queue's name.
        queue: String,
        /// How many it may have.
        max: usize,
        /// The limit's name.
        limit: &'static str,
    },
    /// The lease is over, and another one may have the job: the outcome of this attempt counts for nothing.
    Lost {
        /// The queue's name.
        queue: String,
        /// The job.
        id: JobId,
    },
    /// What was to be one commit with the job's acceptance or end cannot be: somebody else has changed what it depends on. Nothing has happened.
    Conflict(Box<dyn Error + Send + Sync>),
    /// It cannot be kept as it is: something of it is too long. Nothing has happened, and the same again is refused again.
    Refused(Box<dyn Error + Send + Sync>),
    /// What holds the jobs has failed. A job that was to be accepted may have been: accept it again, by the same id.
    Failed(Box<dyn Error + Send + Sync>),
}

impl QueueError {
    /// That of a lease that is over.
    #[must_use]
    pub fn lost(queue: &str, id: JobId) -> Self {
        Self::Lost { queue: queue.to_owned(), id }
    }
}

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { queue, max, limit } => {
                write!(f, "queue {queue} has {max} jobs already ({limit}): its workers do not keep up")
            }
            Self::Lost { queue, id } => {
                write!(f, "job {id} of queue {queue} is no more this worker's: it took longer than its lease")
            }
            Self::Conflict(error) => write!(f, "nothing has happened: {error}"),
            Self::Refused(error) => write!(f, "this cannot be kept: {error}"),
            Self::Failed(error) => write!(f, "the queue has failed: {error}"),
        }
    }
}

impl Error for QueueError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Conflict(error) | Self::Refused(error) | Self::Failed(error) => Some(&**error),
            _ => None,
        }
    }
}

/// For a handler's caller. What has failed is said in the log alone.
impl From<QueueError> for Status {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Full { queue, max, limit } => {
                queueing::queue_jobs_full(queue, max, limit).retry(Retry::After(FULL_AGAIN_AFTER))
            }
            QueueError::Lost { queue, id } => queueing::job_lost(queue, id),
            QueueError::Conflict(error) => queueing::job_conflict(error),
            QueueError::Refused(error) => queueing::job_refused(error),
            QueueError::Failed(error) => {
                log::line(Event::QueueFailed, &[], format_args!("the queue has failed: {}", story(&*error)));
                queueing::queue_failed()
            }
        }
    }
}
