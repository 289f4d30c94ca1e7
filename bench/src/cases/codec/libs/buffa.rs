//! buffa: the code of buffa-build, as it comes and with svrkit's containers; and its views, of both kinds.

use std::convert::Infallible;
use std::marker::PhantomData;

use buffa::{DecodeError, LazyMessageView, Message, MessageView};

use super::{Codec, Viewer};
use crate::cases::codec::job::{Containers, Lib};

/// Maps are `HashMap` with foldhash.
pub(in super::super) struct Buffa<M>(PhantomData<M>);

/// Maps are `BTreeMap`, bytes `Bytes`.
pub(in super::super) struct BuffaSame<M>(PhantomData<M>);

/// The view `V`.
pub(in super::super) struct BuffaView<V>(PhantomData<V>);

/// The lazy view `V`.
pub(in super::super) struct BuffaLazyView<V>(PhantomData<V>);

macro_rules! codec {
    ($codec:ident, $containers:ident, hashes: $hashes:literal) => {
        impl<M: Message + 'static> Codec for $codec<M> {
            const LIB: Lib = Lib::Buffa;
            const CONTAINERS: Containers = Containers::$containers;
            const HASHES: bool = $hashes;

            type Message = M;
            type Buffer = Vec<u8>;
            type DecodeError = DecodeError;
            type EncodeError = Infallible;

            #[inline]
            fn decode(bytes: &'static [u8]) -> Result<M, DecodeError> {
                M::decode_from_slice(bytes)
            }

            #[inline]
            fn encode<'b>(message: &M, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Infallible> {
                buffer.clear();
                message.encode(buffer);
                Ok(buffer)
            }
        }
    };
}

codec! { Buffa, Own, hashes: true }
codec! { BuffaSame, Same, hashes: false }

impl<V: MessageView<'static> + 'static> Viewer for BuffaView<V> {
    const LIB: Lib = Lib::Buffa;

    type View = V;
    type Error = DecodeError;

    #[inline]
    fn view(bytes: &'static [u8]) -> Result<V, DecodeError> {
        V::decode_view(bytes)
    }
}

impl<V: LazyMessageView<'static> + 'static> Viewer for BuffaLazyView<V> {
    const LIB: Lib = Lib::BuffaLazy;

    type View = V;
    type Error = DecodeError;

    #[inline]
    fn view(bytes: &'static [u8]) -> Result<V, DecodeError> {
        V::decode_lazy(bytes)
    }
}
