//! The buffer that messages are written into.

use std::fmt;

use super::{EncodeError, MESSAGE_OUT_DEFAULT, Tlv, backward};

/// Bytes that an idle buffer keeps at most, unless its last message was of that size itself.
pub const BUFFER_KEPT_MAX: usize = 1024 * 1024;

/// Enough for most messages, so that a new buffer rarely starts over.
const LEN_FIRST: usize = 1024;

/// A buffer to write messages with, one after the other.
///
/// A message is written from its end to its start and stands at the buffer's end, with room for a frame header
/// directly in front of it if wanted. When it does not fit, the buffer doubles and the message is written again:
/// keep the buffer, and that becomes rare.
pub struct EncodeBuffer {
    bytes: Vec<u8>,
    /// Bytes that the last message took, headroom included.
    used_len: usize,
    message_len_max: usize,
}

impl EncodeBuffer {
    /// A buffer for messages of at most `message_len_max` bytes (`message.out`). Allocates when first used.
    pub const fn new(message_len_max: usize) -> Self {
        Self { bytes: Vec::new(), used_len: 0, message_len_max }
    }

    /// Changes how long a message may be (`message.out`).
    pub fn set_message_len_max(&mut self, message_len_max: usize) {
        self.message_len_max = message_len_max;
    }

    /// Writes a message.
    ///
    /// # Errors
    ///
    /// The message is longer than `message.out`.
    pub fn encode<M: Tlv>(&mut self, message: &M) -> Result<&[u8], EncodeError> {
        self.encode_with_headroom(message, 0).map(|bytes| &*bytes)
    }

    /// Writes a message behind `headroom` zero bytes, which the caller fills.
    ///
    /// # Errors
    ///
    /// The message is longer than `message.out`; the headroom does not count.
    pub fn encode_with_headroom<M: Tlv>(
        &mut self,
        message: &M,
        headroom: usize,
    ) -> Result<&mut [u8], EncodeError> {
        let start = self.write(message, headroom, |_| {})?;
        let bytes = &mut self.bytes[start..];
        // Without headroom not even the call.
        if headroom > 0 {
            bytes[..headroom].fill(0);
        }
        Ok(bytes)
    }

    /// Writes a message behind `headroom` bytes, and says where those begin. `begin` is told of each attempt's buffer.
    #[inline]
    pub(super) fn write<M: Tlv>(
        &mut self,
        message: &M,
        headroom: usize,
        begin: impl Fn(&[u8]),
    ) -> Result<usize, EncodeError> {
        self.shrink();
        loop {
            let len = self.bytes.len();
            begin(&self.bytes);
            if let Some(free) = self.bytes.get_mut(headroom..)
                && let Some(free) = attempt(message, free)
            {
                let start = free.len();
                let message_len = len - headroom - start;
                if message_len > self.message_len_max {
                    return Err(self.too_long());
                }
                self.used_len = headroom + message_len;
                return Ok(start);
            }
            self.grow(headroom)?;
        }
    }

    /// What was [written](Self::write) at `start`.
    pub(super) fn from(&self, start: usize) -> &[u8] {
        &self.bytes[start..]
    }

    /// Gives back all memory, for a buffer that will rest for a while.
    pub fn release(&mut self) {
        *self = Self::new(self.message_len_max);
    }

    /// Bytes of heap that the buffer holds.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Forgets the exception: after a large message the buffer is let go when a small one has followed.
    fn shrink(&mut self) {
        if self.bytes.len() > BUFFER_KEPT_MAX && self.used_len < self.bytes.len() / 4 {
            self.release();
        }
    }

    fn grow(&mut self, headroom: usize) -> Result<(), EncodeError> {
        // With that much, the longest message fits: writing may ask for the spill in addition.
        let len_max = self.message_len_max.saturating_add(headroom).saturating_add(backward::SPILL_MAX);
        if self.bytes.len() >= len_max {
            return Err(self.too_long());
        }
        let len = self.bytes.len().saturating_mul(2).max(LEN_FIRST.saturating_add(headroom)).min(len_max);
        // Nothing in it is worth copying: first let go, then take zeroed memory.
        self.bytes = Vec::new();
        self.bytes = vec![0; len];
        Ok(())
    }

    fn too_long(&self) -> EncodeError {
        EncodeError::TooLong { limit: self.message_len_max }
    }
}

/// Writes the message, or finds that it does not fit.
// Not inline: inside of the loop around it, all that does not depend on the buffer would be worked out ahead, absent
// fields and all.
#[inline(never)]
fn attempt<'b, M: Tlv>(message: &M, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
    message.encode_back(free)
}

impl Default for EncodeBuffer {
    /// For messages of at most [`MESSAGE_OUT_DEFAULT`] bytes.
    fn default() -> Self {
        Self::new(MESSAGE_OUT_DEFAULT)
    }
}

impl fmt::Debug for EncodeBuffer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EncodeBuffer")
            .field("len", &self.bytes.len())
            .field("used_len", &self.used_len)
            .field("message_len_max", &self.message_len_max)
            .finish()
    }
}
