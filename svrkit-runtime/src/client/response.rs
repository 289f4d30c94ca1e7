//! What a caller may wait for: a message, or nothing.

use bytes::Bytes;

use crate::interceptor::Reply;
use crate::limits::Limits;
use crate::wire::tlv::{DecodeError, Tlv};

/// What comes of a [`Request`](crate::Request): any message, or `()` of a oneway method.
pub trait Response: sealed::Response {}

impl<R: sealed::Response> Response for R {}

pub(super) mod sealed {
    use super::*;

    /// Not to be implemented elsewhere: what travels is a message.
    pub trait Response: Sized {
        /// Whether the server is asked for it.
        const IS_AWAITED: bool;

        /// Reads what came.
        fn read(body: &Bytes, limits: &Limits) -> Result<Self, DecodeError>;
    }

    impl<M: Tlv> Response for M {
        const IS_AWAITED: bool = true;

        #[inline]
        fn read(body: &Bytes, limits: &Limits) -> Result<Self, DecodeError> {
            M::decode_shared(body, &limits.of_decoding())
        }
    }

    impl Response for () {
        const IS_AWAITED: bool = false;

        fn read(_: &Bytes, _: &Limits) -> Result<Self, DecodeError> {
            Ok(())
        }
    }

    /// What interceptors see: any message, as it came.
    impl Response for Reply {
        const IS_AWAITED: bool = true;

        fn read(body: &Bytes, limits: &Limits) -> Result<Self, DecodeError> {
            Ok(Self::new(body.clone(), limits))
        }
    }
}
