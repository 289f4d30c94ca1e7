//! What a caller may wait for: a message, or nothing.

use bytes::Bytes;

use crate::wire::tlv::{DecodeError, DecodeLimits, Tlv};

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
        fn read(body: &Bytes, limits: &DecodeLimits) -> Result<Self, DecodeError>;
    }

    impl<M: Tlv> Response for M {
        const IS_AWAITED: bool = true;

        #[inline]
        fn read(body: &Bytes, limits: &DecodeLimits) -> Result<Self, DecodeError> {
            M::decode_shared(body, limits)
        }
    }

    impl Response for () {
        const IS_AWAITED: bool = false;

        fn read(_: &Bytes, _: &DecodeLimits) -> Result<Self, DecodeError> {
            Ok(())
        }
    }
}
