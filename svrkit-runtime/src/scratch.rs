//! One encoding buffer a thread, shared by both ends of a call.
//!
//! The size of the last message is the best guess for the next one's, and its pages are warm.

use std::cell::Cell;

use crate::wire::tlv::{EncodeBuffer, EncodeError, Tlv};

thread_local! {
    static BUFFER: Cell<EncodeBuffer> = Cell::default();
}

/// Encodes `message`, at most `len_max` bytes (`message.out`), and hands the bytes to `take`.
pub(crate) fn encode<T: Tlv, R>(
    message: &T,
    len_max: u32,
    take: impl FnOnce(Result<&[u8], EncodeError>) -> R,
) -> R {
    // Taken out, not borrowed: whatever `take` does, encoding another message included, it meets no held lock.
    let mut buffer = BUFFER.take();
    buffer.set_message_len_max(len_max as usize);
    let result = take(buffer.encode(message));
    BUFFER.set(buffer);
    result
}
