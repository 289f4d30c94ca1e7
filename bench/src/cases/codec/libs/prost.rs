//! prost: the code of prost-build, as it comes and with svrkit's containers.

use std::marker::PhantomData;

use prost::{DecodeError, EncodeError, Message};

use super::Codec;
use crate::cases::codec::job::{Containers, Lib};

/// Maps are std's `HashMap`.
pub(in super::super) struct Prost<M>(PhantomData<M>);

/// Maps are `BTreeMap`, bytes `Bytes`.
pub(in super::super) struct ProstSame<M>(PhantomData<M>);

macro_rules! codec {
    ($codec:ident, $containers:ident, hashes: $hashes:literal) => {
        impl<M: Message + Default + 'static> Codec for $codec<M> {
            const LIB: Lib = Lib::Prost;
            const CONTAINERS: Containers = Containers::$containers;
            const HASHES: bool = $hashes;

            type Message = M;
            type Buffer = Vec<u8>;
            type DecodeError = DecodeError;
            type EncodeError = EncodeError;

            #[inline]
            fn decode(bytes: &'static [u8]) -> Result<M, DecodeError> {
                M::decode(bytes)
            }

            #[inline]
            fn encode<'b>(message: &M, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], EncodeError> {
                buffer.clear();
                message.encode(buffer)?;
                Ok(buffer)
            }
        }
    };
}

codec! { Prost, Own, hashes: true }
codec! { ProstSame, Same, hashes: false }
