//! What an interceptor sees: a request that is not decoded yet, and the answer that came of it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::context::Context;
use crate::limits::Limits;
use crate::scratch;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::{admitting, calling, handling};
use crate::wire::frame::Metadata;
use crate::wire::tlv::Tlv;

/// At which end of a call one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Where a request is made.
    Client,
    /// Where it is handled.
    Server,
}

/// A request with what is known of it, still encoded.
pub struct Envelope {
    pub(crate) side: Side,
    pub(crate) spec: &'static Spec,
    pub(crate) context: Context,
    pub(crate) metadata: Metadata,
    pub(crate) body: Bytes,
    limits: Limits,
}

/// An answer, still encoded. That of a oneway call is empty, and so is that of a stream, when it has ended well.
#[derive(Clone)]
pub struct Reply {
    body: Bytes,
    /// As its server says.
    is_degraded: bool,
    age: Option<Duration>,
    limits: Limits,
}

impl Envelope {
    pub(crate) fn new(
        side: Side,
        spec: &'static Spec,
        context: Context,
        metadata: Metadata,
        body: Bytes,
        limits: &Limits,
    ) -> Self {
        Self { side, spec, context, metadata, body, limits: *limits }
    }

    /// Where the interceptor stands.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// The facts of the method called.
    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// At a server what the handler will run in, at a client what the request is made in.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Changes what the handler will run in, or the request is made in. A later deadline than that of the call changes nothing.
    pub fn set_context(&mut self, context: Context) {
        self.context = context;
    }

    /// What travels beside the request.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Changes what travels beside the request: at a client, what the server gets; at a server, what interceptors behind this
    /// one see.
    pub fn metadata_mut(&mut self) -> &mut Metadata {
        &mut self.metadata
    }

    /// The encoded request; empty where requests are a stream.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The request, decoded: for those who know of which type the method's is. Its constraints are checked later.
    ///
    /// # Errors
    ///
    /// INVALID_ARGUMENT, as where the handler's decoding meets it.
    pub fn message<M: Tlv>(&self) -> Result<M, Status> {
        M::decode_shared(&self.body, &self.limits.of_decoding())
            .map_err(|error| admitting::request_unreadable(self.spec, error))
    }

    /// Puts another request in its place.
    ///
    /// # Errors
    ///
    /// INTERNAL where it is longer than `message.out`.
    pub fn set_message<M: Tlv>(&mut self, message: &M) -> Result<(), Status> {
        self.body = encode(message, &self.limits, format_args!("the request of {}", self.spec))?;
        Ok(())
    }

    /// An answer in place of the one that the handler, or the server, would give.
    ///
    /// # Errors
    ///
    /// INTERNAL where it is longer than `message.out`.
    pub fn reply<M: Tlv>(&self, message: &M) -> Result<Reply, Status> {
        let body = encode(message, &self.limits, format_args!("the answer of {}", self.spec))?;
        Ok(Reply::new(body, &self.limits))
    }
}

impl Reply {
    pub(crate) fn new(body: Bytes, limits: &Limits) -> Self {
        Self { body, is_degraded: false, age: None, limits: *limits }
    }

    /// With these marks.
    pub(crate) fn marked(self, is_degraded: bool, age: Option<Duration>) -> Self {
        Self { is_degraded, age, ..self }
    }

    /// The encoded answer.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// At a client, whether the server has marked it as degraded; one that an interceptor has made is not.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.is_degraded
    }

    /// At a client, how old it is, where it is the last good answer to the same request and the server has given no new one; `None`: it is new.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.age
    }

    /// The answer, decoded: for those who know of which type the method's is.
    ///
    /// # Errors
    ///
    /// INTERNAL, as where the caller's decoding meets it.
    pub fn message<M: Tlv>(&self) -> Result<M, Status> {
        M::decode_shared(&self.body, &self.limits.of_decoding()).map_err(calling::response_unreadable)
    }
}

fn encode<M: Tlv>(message: &M, limits: &Limits, what: fmt::Arguments<'_>) -> Result<Bytes, Status> {
    scratch::encode(message, limits.message_out, |encoded| match encoded {
        Ok(bytes) => Ok(Bytes::copy_from_slice(bytes)),
        Err(error) => Err(handling::replacement_unencodable(what, error)),
    })
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("side", &self.side)
            .field("method", &format_args!("{}", self.spec))
            .field("context", &self.context)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}
