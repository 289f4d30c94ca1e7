//! memcpy: what the bytes alone cost.

use std::convert::Infallible;

use super::Codec;
use crate::cases::codec::job::{Containers, Lib};

pub(in super::super) struct Memcpy;

impl Codec for Memcpy {
    const LIB: Lib = Lib::Memcpy;
    const CONTAINERS: Containers = Containers::Own;

    type Message = Vec<u8>;
    type Buffer = Vec<u8>;
    type DecodeError = Infallible;
    type EncodeError = Infallible;

    #[inline]
    fn decode(bytes: &'static [u8]) -> Result<Vec<u8>, Infallible> {
        Ok(bytes.to_vec())
    }

    #[inline]
    fn encode<'b>(message: &Vec<u8>, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Infallible> {
        buffer.clear();
        buffer.extend_from_slice(message);
        Ok(buffer)
    }
}
