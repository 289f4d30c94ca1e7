//! A queued method as a type.

use super::job::{JobId, NewJob};
use crate::spec::Spec;
use crate::wire::tlv::{EncodeError, Tlv};

/// A queued method. Generated for each: a type without values that stands for it.
pub trait QueuedMethod: Send + Sync + 'static {
    /// What is to be done.
    type Request: Tlv;
    /// What it comes to.
    type Response: Tlv;
    /// The facts of the method.
    const SPEC: &'static Spec;

    /// A job of this method, for who accepts it without a call: by a queue, or by a batch of a store. Whether its constraints hold is looked at when it is done.
    ///
    /// # Errors
    /// The request cannot be encoded.
    fn job(id: JobId, request: &Self::Request) -> Result<NewJob, EncodeError> {
        let queue = Self::SPEC.queue.map_or("", |queue| queue.name);
        Ok(NewJob::new(queue, id, request.encode()?))
    }
}
