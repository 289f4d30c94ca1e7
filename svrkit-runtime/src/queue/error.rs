//! Why a queue cannot do what it is asked for.

use std::error::Error;
use std::fmt;

use super::job::JobId;

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
            Self::Failed(error) => write!(f, "the queue has failed: {error}"),
        }
    }
}

impl Error for QueueError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(&**error),
            _ => None,
        }
    }
}
