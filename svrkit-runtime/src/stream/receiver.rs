//! What a caller sends to a handler, message by message.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::decode;
use super::end::{Next, StreamEnd};
use crate::status::Status;
use crate::status::catalogue::admitting;
use crate::wire::tlv::{Tlv, Violations};

/// Receives the messages of a stream from its caller.
///
/// It takes as many ahead as `stream.window` bears. Dropping it throws away what comes: the caller waits then until the handler
/// has ended.
pub struct Receiver<T> {
    end: Arc<StreamEnd>,
    message: PhantomData<fn() -> T>,
}

impl<T: Tlv> Receiver<T> {
    pub(crate) fn new(end: Arc<StreamEnd>) -> Self {
        Self { end, message: PhantomData }
    }

    /// The next message, its constraints checked; `None` when the caller has sent everything, now and ever after.
    ///
    /// # Errors
    /// INVALID_ARGUMENT when a message cannot be decoded or breaks its constraints: the next one may be in order. The status
    /// that the caller ended its stream with, CANCELLED when it left without a word: that one stays.
    pub async fn next(&mut self) -> Result<Option<T>, Status> {
        match self.end.next().await {
            Next::Message(bytes) => {
                let message = decode(&bytes, self.end.limits())?;
                let violations = Violations::of(&message);
                if violations.is_empty() {
                    return Ok(Some(message));
                }
                Err(admitting::constraints_broken(violations))
            }
            Next::Ended(outcome) => outcome.map(|()| None),
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.end.discard();
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
