//! What a caller sends to a handler, message by message.

use std::fmt;
use std::marker::PhantomData;

use tokio::sync::mpsc;

use super::decode;
use super::ends::Item;
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::{admitting, streaming};
use crate::wire::tlv::{Tlv, Violations};

/// Receives the messages of a stream from its caller.
pub struct Receiver<T> {
    requests: mpsc::Receiver<Item>,
    limits: Limits,
    ended: bool,
    message: PhantomData<fn() -> T>,
}

impl<T: Tlv> Receiver<T> {
    pub(crate) fn new(requests: mpsc::Receiver<Item>, limits: Limits) -> Self {
        Self { requests, limits, ended: false, message: PhantomData }
    }

    /// The next message, its constraints checked; `None` when the caller has sent everything, now and ever after.
    ///
    /// # Errors
    /// INVALID_ARGUMENT when a message cannot be decoded or breaks its constraints: the next one may be in order.
    /// CANCELLED when the caller left without saying that this was all.
    pub async fn next(&mut self) -> Result<Option<T>, Status> {
        if self.ended {
            return Ok(None);
        }
        match self.requests.recv().await {
            Some(Some(bytes)) => {
                let message = decode(&bytes, &self.limits)?;
                let violations = Violations::of(&message);
                if violations.is_empty() {
                    return Ok(Some(message));
                }
                Err(admitting::constraints_broken(violations))
            }
            Some(None) => {
                self.ended = true;
                Ok(None)
            }
            None => Err(streaming::caller_left_stream()),
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("ended", &self.ended).finish_non_exhaustive()
    }
}
