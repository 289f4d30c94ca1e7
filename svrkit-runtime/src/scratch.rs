//! One encoding buffer a thread, shared by both ends of a call.
//!
//! The size of the last message is the best guess for the next one's, and its pages are warm. A long one is put together where it stays:
//! its long fields are copied once, from the message into bytes of its own.

use std::cell::Cell;
use std::ops::Deref;

use bytes::Bytes;

use crate::wire::tlv::{EncodeBuffer, EncodeError, Tlv};

/// From this length on a message gets bytes of its own.
const LONG: usize = 16 * 1024;

thread_local! {
    static BUFFER: Cell<EncodeBuffer> = Cell::default();
}

/// A message's bytes.
#[derive(Debug)]
pub(crate) enum Encoded<'a> {
    /// In a buffer that the next message will need.
    Lent(&'a [u8]),
    /// In bytes of its own.
    Own(Bytes),
}

impl Encoded<'_> {
    /// To keep them.
    pub(crate) fn into_bytes(self) -> Bytes {
        match self {
            Self::Lent(bytes) => Bytes::copy_from_slice(bytes),
            Self::Own(bytes) => bytes,
        }
    }
}

impl Deref for Encoded<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Lent(bytes) => bytes,
            Self::Own(bytes) => bytes,
        }
    }
}

/// Encodes `message`, at most `len_max` bytes (`message.out`), and hands the bytes to `take`.
pub(crate) fn encode<T: Tlv, R>(
    message: &T,
    len_max: u32,
    take: impl FnOnce(Result<Encoded<'_>, EncodeError>) -> R,
) -> R {
    // Taken out, not borrowed: whatever `take` does, encoding another message included, it meets no held lock.
    let mut buffer = BUFFER.take();
    buffer.set_message_len_max(len_max as usize);
    // Who sends a long one sends another.
    let result = if buffer.used_len() < LONG {
        take(buffer.encode(message).map(Encoded::Lent))
    } else {
        take(encode_long(message, &mut buffer))
    };
    BUFFER.set(buffer);
    result
}

#[cold]
fn encode_long<'b, T: Tlv>(message: &T, buffer: &'b mut EncodeBuffer) -> Result<Encoded<'b>, EncodeError> {
    let parts = buffer.encode_parts(message)?;
    Ok(match parts.as_written() {
        Some(written) if written.len() < LONG => Encoded::Lent(written),
        _ => Encoded::Own(parts.to_bytes()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::BytesValue;

    fn encoded(len: usize) -> (bool, Bytes) {
        let message = BytesValue::from(Bytes::from(vec![7; len]));
        encode(&message, 1 << 20, |encoded| {
            let encoded = encoded.unwrap();
            (matches!(encoded, Encoded::Own(_)), encoded.into_bytes())
        })
    }

    #[test]
    fn what_comes_after_a_long_message_has_bytes_of_its_own_where_it_is_long_too() {
        let (is_own, first) = encoded(100_000);
        assert!(!is_own, "nobody knew");
        assert_eq!(encoded(100_000), (true, first));
        let (is_own, short) = encoded(1000);
        assert!(!is_own && short.ends_with(&[7; 1000]));
        assert!(!encoded(LONG - 10).0 && !encoded(LONG).0 && encoded(LONG).0);
    }

    #[test]
    fn a_message_that_is_too_long_is_none_either_way() {
        for _ in 0..2 {
            let long = BytesValue::from(Bytes::from(vec![7; 2 * LONG]));
            encode(&long, 1 << 20, |encoded| assert!(encoded.is_ok()));
            encode(&long, LONG as u32, |encoded| assert!(encoded.is_err()));
        }
    }
}
