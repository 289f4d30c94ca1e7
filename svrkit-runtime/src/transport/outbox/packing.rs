//! Messages of streams: those of one stream that leave together share a frame.
//!
//! A pack is open while it stands at the end of what is queued. It is ended by any other frame, when it is full, and when the writer
//! takes it: no message waits for another.

#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering;

use super::{Body, Outbox, State};
use crate::wire::frame::{
    CHECKSUM_LEN, FLAG_CHECKED, FLAG_PACKED, Facts, HEADER_LEN, Header, PACKED_LEN_LEN, checksum,
};

/// What a message adds to what its stream has under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Bytes of a frame's body.
    pub(crate) body_len: usize,
    /// Whether it begins that frame.
    pub(crate) is_first: bool,
}

/// A pack at the end of the tail. Its header is written when it is ended.
#[derive(Debug)]
pub(super) struct OpenPack {
    call_id: u32,
    /// Where its header will be.
    start: usize,
    is_checked: bool,
}

impl Outbox {
    /// Queues a message of a stream if `admits` its share, which is asked once. False: the connection takes nothing any more.
    pub(crate) fn push_message(
        &self,
        call_id: u32,
        message: &[u8],
        admits: impl FnOnce(Share) -> bool,
    ) -> bool {
        let pack_len_max = self.agreed.get().map_or(0, |agreed| agreed.pack_len_max(message.len()));
        let packed_len = PACKED_LEN_LEN + message.len();
        let (true, Ok(len)) = (packed_len <= pack_len_max, u16::try_from(message.len())) else {
            return self.push_alone(call_id, message, admits);
        };
        let Some(mut state) = self.open() else { return false };
        if state.has_long_of(call_id) {
            drop(state);
            return self.push_alone(call_id, message, admits);
        }
        let is_first = !state.has_pack_for(call_id, packed_len, pack_len_max);
        if !admits(Share { body_len: packed_len, is_first }) {
            return true;
        }
        let mut queued = packed_len;
        if is_first {
            let is_checked = self.checks();
            queued += HEADER_LEN + if is_checked { CHECKSUM_LEN } else { 0 };
            state.begin_pack(call_id, is_checked);
        }
        self.unwritten.fetch_add(queued, Ordering::Relaxed);
        state.tail.extend_from_slice(&len.to_le_bytes());
        state.tail.extend_from_slice(message);
        State::hand_over(state);
        true
    }

    fn push_alone(&self, call_id: u32, message: &[u8], admits: impl FnOnce(Share) -> bool) -> bool {
        if !admits(Share { body_len: message.len(), is_first: true }) {
            return true;
        }
        self.push_with(Header::new(call_id, Facts::Message), &[], &Body::Copied(message))
    }
}

impl State {
    /// Whether the pack at the end is this call's and takes so much more.
    fn has_pack_for(&self, call_id: u32, packed_len: usize, len_max: usize) -> bool {
        self.pack.as_ref().is_some_and(|pack| {
            pack.call_id == call_id && self.tail.len() - pack.start - HEADER_LEN + packed_len <= len_max
        })
    }

    fn begin_pack(&mut self, call_id: u32, is_checked: bool) {
        self.end_pack();
        self.pack = Some(OpenPack { call_id, start: self.tail.len(), is_checked });
        self.tail.extend_from_slice(&[0; HEADER_LEN]);
    }

    /// Ends the pack at the end of the tail, where there is one: what comes next is another frame.
    pub(super) fn end_pack(&mut self) {
        if let Some(pack) = self.pack.take() {
            self.seal(&pack);
        }
    }

    fn seal(&mut self, pack: &OpenPack) {
        let (start, body) = (pack.start, pack.start + HEADER_LEN);
        let flags = FLAG_PACKED | if pack.is_checked { FLAG_CHECKED } else { 0 };
        let body_len = (self.tail.len() - body) as u32;
        let header = Header { flags, body_len, ..Header::new(pack.call_id, Facts::Message) };
        self.tail[start..body].copy_from_slice(&header.to_bytes());
        if pack.is_checked {
            let sum = checksum(&[&self.tail[start..]]);
            self.tail.extend_from_slice(&sum);
        }
    }
}
