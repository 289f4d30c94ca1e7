//! svrkit: limits, unknown fields and all, as they are unless told otherwise.

use std::marker::PhantomData;

use svrkit_runtime::Tlv;
use svrkit_runtime::wire::tlv::{DecodeError, EncodeBuffer, EncodeError};

use super::{Codec, Viewer};
use crate::cases::codec::job::{Containers, Lib};

pub(in super::super) struct Svrkit<M>(PhantomData<M>);

impl<M: Tlv> Codec for Svrkit<M> {
    const LIB: Lib = Lib::Svrkit;
    const CONTAINERS: Containers = Containers::Own;

    type Message = M;
    type Buffer = EncodeBuffer;
    type DecodeError = DecodeError;
    type EncodeError = EncodeError;

    #[inline]
    fn decode(bytes: &'static [u8]) -> Result<M, DecodeError> {
        M::decode(bytes)
    }

    #[inline]
    fn encode<'b>(message: &M, buffer: &'b mut EncodeBuffer) -> Result<&'b [u8], EncodeError> {
        buffer.encode(message)
    }
}

impl<M: Tlv> Viewer for Svrkit<M> {
    const LIB: Lib = Lib::Svrkit;

    type View = M::View<'static>;
    type Error = DecodeError;

    #[inline]
    fn view(bytes: &'static [u8]) -> Result<M::View<'static>, DecodeError> {
        M::view(bytes)
    }
}
