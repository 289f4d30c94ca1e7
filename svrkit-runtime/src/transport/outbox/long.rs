//! Long bodies: they wait apart and leave part by part, so that short frames overtake them.
//!
//! In their order: parts of two bodies are not mixed. Frames of a call that has something here stand behind that, or an answer
//! would come before what it answers to.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use super::batch::Chunk;
use crate::wire::frame::{CHECKSUM_LEN, FLAG_CHECKED, Facts, HEADER_LEN, Header, PART_LEN_MAX, checksum};

/// Frames with long bodies, and what stands behind them.
#[derive(Debug, Default)]
pub(super) struct LongLane {
    items: VecDeque<Item>,
    /// How many items each call has.
    calls: HashMap<u32, usize>,
}

/// A frame, and the parts of its body where that is long.
#[derive(Debug)]
pub(super) struct Item {
    call_id: u32,
    /// Header and metadata, and the body if it is short; empty when it has left.
    head: Vec<u8>,
    /// What has not left of a long body.
    rest: Bytes,
    /// Whether its parts have checksums.
    is_checked: bool,
}

impl LongLane {
    pub(super) fn push(&mut self, item: Item) {
        *self.calls.entry(item.call_id).or_default() += 1;
        self.items.push_back(item);
    }

    pub(super) fn has_call(&self, call_id: u32) -> bool {
        self.calls.contains_key(&call_id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Moves what comes next into `chunks`: one part, with the short frames around it. Says how many bytes that is, and how many
    /// long bodies it ends.
    pub(super) fn take(&mut self, chunks: &mut VecDeque<Chunk>) -> (usize, u64) {
        let (mut taken, mut ended) = (0, 0);
        while taken < PART_LEN_MAX
            && let Some(item) = self.items.front_mut()
        {
            let was_long = !item.rest.is_empty();
            taken += item.take(chunks);
            if item.rest.is_empty() {
                ended += u64::from(was_long);
                self.pop();
            }
        }
        (taken, ended)
    }

    fn pop(&mut self) {
        let Some(item) = self.items.pop_front() else { return };
        if let Some(count) = self.calls.get_mut(&item.call_id) {
            *count -= 1;
            if *count == 0 {
                self.calls.remove(&item.call_id);
            }
        }
    }
}

impl Item {
    pub(super) fn new(call_id: u32, head: Vec<u8>, rest: Bytes, is_checked: bool) -> Self {
        Self { call_id, head, rest, is_checked }
    }

    /// How many bytes leave of it.
    pub(super) fn len(&self) -> usize {
        let around = HEADER_LEN + if self.is_checked { CHECKSUM_LEN } else { 0 };
        self.head.len() + self.rest.len() + self.rest.len().div_ceil(PART_LEN_MAX) * around
    }

    fn take(&mut self, chunks: &mut VecDeque<Chunk>) -> usize {
        let mut own = std::mem::take(&mut self.head);
        let part = self.rest.split_to(self.rest.len().min(PART_LEN_MAX));
        if part.is_empty() {
            let len = own.len();
            chunks.push_back(Chunk::Own(own));
            return len;
        }
        let flags = if self.is_checked { FLAG_CHECKED } else { 0 };
        let header = Header { flags, body_len: part.len() as u32, ..Header::new(self.call_id, Facts::Part) };
        let header = header.to_bytes();
        own.extend_from_slice(&header);
        let mut len = own.len() + part.len();
        let sum = self.is_checked.then(|| checksum(&[&header, &part]));
        chunks.push_back(Chunk::Own(own));
        chunks.push_back(Chunk::Shared(part));
        if let Some(sum) = sum {
            len += sum.len();
            chunks.push_back(Chunk::Own(sum.into()));
        }
        len
    }
}
