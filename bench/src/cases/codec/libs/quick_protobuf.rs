//! quick-protobuf: the code of pb-rs, as it comes.

use std::marker::PhantomData;

use quick_protobuf::{BytesReader, Error, MessageRead, MessageWrite, Writer};

use super::Codec;
use crate::cases::codec::job::{Containers, Lib};

/// Texts and bytes are borrowed: what it decodes owns less than what others do.
pub(in super::super) struct QuickProtobuf<M>(PhantomData<M>);

impl<M: MessageRead<'static> + MessageWrite + 'static> Codec for QuickProtobuf<M> {
    const LIB: Lib = Lib::QuickProtobuf;
    const CONTAINERS: Containers = Containers::Own;
    const HASHES: bool = true;

    type Message = M;
    type Buffer = Vec<u8>;
    type DecodeError = Error;
    type EncodeError = Error;

    #[inline]
    fn decode(bytes: &'static [u8]) -> Result<M, Error> {
        M::from_reader(&mut BytesReader::from_bytes(bytes), bytes)
    }

    #[inline]
    fn encode<'b>(message: &M, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Error> {
        buffer.clear();
        message.write_message(&mut Writer::new(&mut *buffer))?;
        Ok(buffer)
    }
}
