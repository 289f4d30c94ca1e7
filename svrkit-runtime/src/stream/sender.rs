//! What a handler answers with, message by message.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::end::{NotSent, StreamEnd};
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::wire::tlv::Tlv;

/// Sends the messages of a stream to its caller.
///
/// It does not end the stream: the handler does, well by `Ok(())`, else by its status. What is sent after the handler has
/// returned goes nowhere.
pub struct Sender<T> {
    end: Arc<StreamEnd>,
    message: PhantomData<fn(&T)>,
}

impl<T: Tlv> Sender<T> {
    pub(crate) fn new(end: Arc<StreamEnd>) -> Self {
        Self { end, message: PhantomData }
    }

    /// Sends `message`, as soon as the caller has room for it (its `stream.window` and `connection.window`) and the connection
    /// has (half of `outbound.queue`). Ready does not mean that it has arrived.
    ///
    /// Dropped before it is ready, it has sent nothing.
    ///
    /// # Errors
    /// CANCELLED when nobody receives any more, RESOURCE_EXHAUSTED when the message is too large; that one was not sent,
    /// and others may be.
    pub async fn send(&mut self, message: &T) -> Result<(), Status> {
        self.end.send(message).await.map_err(|not_sent| match not_sent {
            NotSent::Closed => streaming::caller_takes_no_more(),
            NotSent::Unencodable(status) => status,
        })
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}
