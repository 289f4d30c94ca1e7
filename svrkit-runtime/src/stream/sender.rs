//! What a handler answers with, message by message.

use std::fmt;
use std::marker::PhantomData;

use tokio::sync::mpsc;

use super::encode;
use super::ends::Item;
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::wire::tlv::Tlv;

/// Sends the messages of a stream to its caller.
///
/// It does not end the stream: the handler does, well by `Ok(())`, else by its status. What is sent after the handler has
/// returned goes nowhere.
pub struct Sender<T> {
    answers: mpsc::Sender<Item>,
    limits: Limits,
    message: PhantomData<fn(&T)>,
}

impl<T: Tlv> Sender<T> {
    pub(crate) fn new(answers: mpsc::Sender<Item>, limits: Limits) -> Self {
        Self { answers, limits, message: PhantomData }
    }

    /// Sends `message`, as soon as there is room for it (`stream.room`).
    ///
    /// # Errors
    /// CANCELLED when nobody receives any more, RESOURCE_EXHAUSTED when the message is too large; that one was not sent,
    /// and others may be.
    pub async fn send(&mut self, message: &T) -> Result<(), Status> {
        let encoded = encode(message, &self.limits)?;
        self.answers.send(Some(encoded)).await.map_err(|_| streaming::caller_takes_no_more())
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("room", &self.answers.capacity()).finish_non_exhaustive()
    }
}
