//! A request that may become a job.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Queue;
use super::job::{Accepted, JobId, NewJob};
use super::method::QueuedMethod;
use crate::status::Status;
use crate::wire::tlv::EncodeError;

/// A request of the queued method `M` that has come and may become a job: its constraints hold, and nothing of it is kept yet.
///
/// Generated traits have a method for each queued one that is offered its requests, and accepts them by [`Self::enqueue`] unless it is written otherwise. It runs in
/// the context of the call. Who keeps the job in other ways, as in one commit with what it follows from, takes it out ([`NewJob::from`]).
#[must_use = "an offer that is dropped is not accepted"]
pub struct Offer<M: QueuedMethod> {
    job: NewJob,
    request: M::Request,
    queue: Arc<dyn Queue>,
}

impl<M: QueuedMethod> Offer<M> {
    /// One to be accepted by `queue`: for tests of who is offered it.
    ///
    /// # Errors
    /// The request cannot be encoded.
    pub fn new(id: JobId, request: M::Request, queue: Arc<dyn Queue>) -> Result<Self, EncodeError> {
        Ok(Self { job: M::job(id, &request)?, request, queue })
    }

    /// The job's id, as its caller has said it, or a random one.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.job.id
    }

    /// What is to be done.
    #[must_use]
    pub fn request(&self) -> &M::Request {
        &self.request
    }

    /// Has it not begun before so long.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.job.delay = delay;
        self
    }

    /// Accepts it by the server's queue.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED where the queue is full; UNAVAILABLE where what holds it has failed, and then by the same id it may be sent again.
    pub async fn enqueue(self) -> Result<Accepted, Status> {
        Ok(self.queue.put(self.job).await?)
    }
}

impl<M: QueuedMethod> From<Offer<M>> for NewJob {
    fn from(offer: Offer<M>) -> Self {
        offer.job
    }
}

impl<M: QueuedMethod> fmt::Debug for Offer<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer")
            .field("queue", &self.job.queue)
            .field("id", &self.job.id)
            .finish_non_exhaustive()
    }
}
