//! Long bodies: they wait apart and leave part by part, so that short frames overtake them.
//!
//! In their order: parts of two bodies are not mixed. Frames of a call that has something here stand behind that, or an answer
//! would come before what it answers to.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use super::batch::Chunk;
use crate::wire::frame::{Facts, HEADER_LEN, Header, PART_LEN_MAX};

/// Frames with long bodies, and what stands behind them.
#[derive(Debug, Default)]
pub(super) struct LongLane {
    items: VecDeque<Item>,
    /// How many items each call has.
    calls: HashMap<u32, usize>,
}

#[derive(Debug)]
struct Item {
    call_id: u32,
    /// Header and metadata, and the body if it is short; empty when it has left.
    head: Vec<u8>,
    /// What has not left of a long body.
    rest: Bytes,
}

impl LongLane {
    /// How many bytes a long body and its head become.
    pub(super) fn len_of(head: usize, body: usize) -> usize {
        head + body + body.div_ceil(PART_LEN_MAX) * HEADER_LEN
    }

    pub(super) fn push(&mut self, call_id: u32, head: Vec<u8>, body: Bytes) {
        *self.calls.entry(call_id).or_default() += 1;
        self.items.push_back(Item { call_id, head, rest: body });
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
    fn take(&mut self, chunks: &mut VecDeque<Chunk>) -> usize {
        let mut own = std::mem::take(&mut self.head);
        let part = self.rest.split_to(self.rest.len().min(PART_LEN_MAX));
        if part.is_empty() {
            let len = own.len();
            chunks.push_back(Chunk::Own(own));
            return len;
        }
        let header = Header { body_len: part.len() as u32, ..Header::new(self.call_id, Facts::Part) };
        own.extend_from_slice(&header.to_bytes());
        let len = own.len() + part.len();
        chunks.push_back(Chunk::Own(own));
        chunks.push_back(Chunk::Shared(part));
        len
    }
}
