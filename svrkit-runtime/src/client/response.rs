//! What a caller may wait for: a message, or nothing.

use bytes::Bytes;

use crate::interceptor::Reply;
use crate::limits::Limits;
use crate::queue::{JobState, QueuedMethod, Ticket};
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::wire::tlv::Tlv;

/// What comes of a [`Request`](crate::Request): any message, `()` of a oneway method, of a queued one a [`Ticket`] and where its job is.
pub trait Response: sealed::Response {}

impl<R: sealed::Response> Response for R {}

pub(super) mod sealed {
    use super::*;
    use crate::queue::asking;

    /// Not to be implemented elsewhere: what travels is a message.
    pub trait Response: Sized {
        /// Whether the server is asked for it.
        const IS_AWAITED: bool;

        /// Reads what came.
        fn read(body: &Bytes, limits: &Limits) -> Result<Self, Status>;
    }

    impl<M: Tlv> Response for M {
        const IS_AWAITED: bool = true;

        #[inline]
        fn read(body: &Bytes, limits: &Limits) -> Result<Self, Status> {
            M::decode_shared(body, &limits.of_decoding()).map_err(calling::response_unreadable)
        }
    }

    impl Response for () {
        const IS_AWAITED: bool = false;

        fn read(_: &Bytes, _: &Limits) -> Result<Self, Status> {
            Ok(())
        }
    }

    impl<M: QueuedMethod> Response for Ticket<M> {
        const IS_AWAITED: bool = true;

        fn read(body: &Bytes, limits: &Limits) -> Result<Self, Status> {
            Self::of_message(&Response::read(body, limits)?).map_err(calling::response_unreadable)
        }
    }

    impl<R: Tlv> Response for Option<JobState<R>> {
        const IS_AWAITED: bool = true;

        fn read(body: &Bytes, limits: &Limits) -> Result<Self, Status> {
            let state = asking::state_of_reply(Response::read(body, limits)?);
            state.map(|state| state.try_map(|answer| Response::read(&answer, limits))).transpose()
        }
    }

    /// What interceptors see: any message, as it came.
    impl Response for Reply {
        const IS_AWAITED: bool = true;

        fn read(body: &Bytes, limits: &Limits) -> Result<Self, Status> {
            Ok(Self::new(body.clone(), limits))
        }
    }
}
