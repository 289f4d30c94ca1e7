//! What handlers take and give: a message, or nothing where messages travel as a stream or nobody waits.

use bytes::Bytes;

use crate::interceptor::Reply;
use crate::limits::Limits;
use crate::scratch;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::admitting;
use crate::wire::tlv::{EncodeError, Tlv, Violations};

/// What a handler is called with.
pub(super) trait Input: Send + Sized + 'static {
    /// Reads what has arrived.
    fn read(spec: &'static Spec, body: &Bytes, limits: &Limits) -> Result<Self, Status>;
}

/// What a handler's call ends with.
pub(super) trait Output: Send + 'static {
    /// Whether it may be long: then it is not encoded before there is room for it.
    const IS_MESSAGE: bool;

    /// Hands its bytes, at most `message_out`, to `take`.
    fn encode<R>(&self, message_out: u32, take: impl FnOnce(Result<&[u8], EncodeError>) -> R) -> R;
}

impl<M: Tlv> Input for M {
    fn read(spec: &'static Spec, body: &Bytes, limits: &Limits) -> Result<Self, Status> {
        let message = M::decode_shared(body, &limits.of_decoding())
            .map_err(|error| admitting::request_unreadable(spec, error))?;
        let violations = Violations::of(&message);
        if violations.is_empty() { Ok(message) } else { Err(admitting::constraints_broken(violations)) }
    }
}

impl Input for () {
    fn read(_: &'static Spec, _: &Bytes, _: &Limits) -> Result<Self, Status> {
        Ok(())
    }
}

impl<M: Tlv> Output for M {
    const IS_MESSAGE: bool = true;

    fn encode<R>(&self, message_out: u32, take: impl FnOnce(Result<&[u8], EncodeError>) -> R) -> R {
        scratch::encode(self, message_out, take)
    }
}

impl Output for () {
    const IS_MESSAGE: bool = false;

    fn encode<R>(&self, _: u32, take: impl FnOnce(Result<&[u8], EncodeError>) -> R) -> R {
        take(Ok(&[]))
    }
}

impl Output for Reply {
    const IS_MESSAGE: bool = true;

    fn encode<R>(&self, _: u32, take: impl FnOnce(Result<&[u8], EncodeError>) -> R) -> R {
        take(Ok(self.body()))
    }
}
