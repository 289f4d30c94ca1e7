//! Packs: several messages of a stream in one frame.
//!
//! The body of a frame with the flag *packed* is messages one after another, each behind its length in two bytes. What a frame costs
//! both sides, header, look-up, lock and memory, they share.
//!
//! Owns no socket and reads no clock.

use bytes::{Buf, Bytes};

use super::error::FrameError;

/// Longest body of a pack, in bytes. A receiver takes no longer one: so much is gone through before anything else is.
pub const PACK_LEN_MAX: usize = 16 * 1024;

/// Bytes of the length before each message of a pack.
pub const PACKED_LEN_LEN: usize = size_of::<u16>();

/// The messages that came with one frame, in their order.
///
/// ```
/// use svrkit_runtime::Bytes;
/// use svrkit_runtime::wire::frame::Pack;
///
/// let pack = Pack::read(Bytes::from_static(b"\x02\0hi\0\0\x03\0all"))?;
/// assert_eq!(pack.len(), 3);
/// assert_eq!(pack.collect::<Vec<_>>(), ["hi", "", "all"]);
/// # Ok::<_, svrkit_runtime::wire::frame::FrameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pack {
    /// What has not been taken.
    rest: Bytes,
    /// How many messages that is.
    left: usize,
    /// Whether lengths stand between them.
    is_packed: bool,
}

impl Pack {
    /// One message that has a frame of its own.
    #[must_use]
    pub fn alone(message: Bytes) -> Self {
        Self { rest: message, left: 1, is_packed: false }
    }

    /// Reads the body of a packed frame.
    ///
    /// # Errors
    /// [`FrameError`] where it is longer than [`PACK_LEN_MAX`], holds no message, or ends within one.
    pub fn read(body: Bytes) -> Result<Self, FrameError> {
        if body.len() > PACK_LEN_MAX {
            return Err(FrameError::PackTooLong { len: body.len() });
        }
        let (mut left, mut rest) = (0, &body[..]);
        while !rest.is_empty() {
            let message = rest.split_first_chunk().and_then(|(len, behind)| {
                let len = usize::from(u16::from_le_bytes(*len));
                behind.get(len..)
            });
            rest = message.ok_or(FrameError::PackCutShort)?;
            left += 1;
        }
        if left == 0 {
            return Err(FrameError::PackCutShort);
        }
        Ok(Self { rest: body, left, is_packed: true })
    }

    /// How many messages have not been taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left
    }

    /// Whether all have been taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Bytes of the messages that have not been taken, without their lengths.
    #[must_use]
    pub fn message_bytes(&self) -> usize {
        let lens = if self.is_packed { self.left * PACKED_LEN_LEN } else { 0 };
        self.rest.len() - lens
    }
}

impl Iterator for Pack {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.left = self.left.checked_sub(1)?;
        if !self.is_packed {
            return Some(std::mem::take(&mut self.rest));
        }
        // Read before: all of its messages are there.
        let len = usize::from(self.rest.get_u16_le());
        Some(self.rest.split_to(len))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(messages: &[&[u8]]) -> Bytes {
        messages
            .iter()
            .flat_map(|message| [&(message.len() as u16).to_le_bytes(), *message].concat())
            .collect()
    }

    #[test]
    fn messages_come_out_as_they_went_in() {
        for messages in [&[&b"a"[..]][..], &[b""], &[b"", b"", b""], &[b"ab", b"", &[7; 16_000], b"c"]] {
            let mut pack = Pack::read(packed(messages)).unwrap();
            assert_eq!(pack.message_bytes(), messages.concat().len());
            for (taken, message) in messages.iter().enumerate() {
                assert_eq!(pack.len(), messages.len() - taken);
                assert_eq!(pack.next().unwrap(), *message);
            }
            assert!(pack.is_empty() && pack.next().is_none() && pack.message_bytes() == 0);
        }
    }

    #[test]
    fn a_message_alone_may_be_empty_and_is_there_once() {
        for message in [&b"abc"[..], b""] {
            let mut pack = Pack::alone(Bytes::copy_from_slice(message));
            assert_eq!((pack.len(), pack.message_bytes()), (1, message.len()));
            assert_eq!(pack.next().unwrap(), message);
            assert_eq!(pack.next(), None);
        }
    }

    #[test]
    fn what_ends_within_a_message_is_no_pack() {
        let whole = packed(&[b"abc", b"", b"de"]);
        // Where one message ends and the next begins, and before the first.
        for cut in 0..whole.len() {
            let is_between = [5, 7].contains(&cut);
            let read = Pack::read(whole.slice(..cut));
            assert_eq!(read.is_ok(), is_between, "cut at {cut}");
            assert!(is_between || read.unwrap_err() == FrameError::PackCutShort);
        }
    }

    #[test]
    fn any_bytes_are_a_pack_or_none() {
        const BYTES: [u8; 5] = [0, 1, 2, 3, 255];
        for number in 0..5_usize.pow(6) {
            let digits = (0..6).map(|digit| BYTES[number / 5_usize.pow(digit) % 5]);
            let body: Bytes = digits.collect();
            if let Ok(pack) = Pack::read(body.clone()) {
                let messages: Vec<Bytes> = pack.collect();
                let again = packed(&messages.iter().map(|message| &message[..]).collect::<Vec<_>>());
                assert_eq!(again, body);
            }
        }
    }

    #[test]
    fn a_pack_is_held_to_its_limit() {
        let fits = packed(&[&vec![7; PACK_LEN_MAX - PACKED_LEN_LEN]]);
        assert_eq!(Pack::read(fits.clone()).unwrap().len(), 1);
        let longer = [&fits[..], &[0, 0]].concat();
        let error = Pack::read(longer.into()).unwrap_err();
        assert_eq!(error, FrameError::PackTooLong { len: PACK_LEN_MAX + 2 });
    }
}
