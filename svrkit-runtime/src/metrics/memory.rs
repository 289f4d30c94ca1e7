//! Where numbers are kept: chunks that never move, with one record after the other.
//!
//! *Absent:* what records mean (`segment/layout.rs`), who counts in which (`shard.rs`).

use std::fmt;
use std::io;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::segment::layout::{HEADER_LEN, MAGIC, RECORD_HEADER_LEN, RecordKind, VERSION, header};
use super::segment::{Mapping, SegmentFile};
use super::whose::Whose;
use crate::log::{self, Event};

/// Bytes of a slot.
pub(super) const SLOT: usize = 8;

/// Bytes of the first chunk: a small server needs no other.
pub(super) const FIRST_CHUNK: usize = 64 << 10;

/// Bytes of the others, unless a record needs more.
const CHUNK: usize = 256 << 10;

/// Slots that stay where they are.
pub(super) enum Chunk {
    Ordinary(Box<[AtomicU64]>),
    Mapped(Mapping),
}

impl Deref for Chunk {
    type Target = [AtomicU64];

    #[inline]
    fn deref(&self) -> &[AtomicU64] {
        match self {
            Self::Ordinary(slots) => slots,
            Self::Mapped(mapping) => mapping,
        }
    }
}

/// Slots of one record.
#[derive(Clone)]
pub(super) struct Block {
    chunk: Arc<Chunk>,
    slots: Range<usize>,
}

impl Deref for Block {
    type Target = [AtomicU64];

    #[inline]
    fn deref(&self) -> &[AtomicU64] {
        &self.chunk[self.slots.clone()]
    }
}

/// Where chunks come from.
enum Backing {
    Ordinary,
    File(SegmentFile),
    /// From ordinary memory by now: the file took no more. What it has stays as it is for whoever reads it.
    Full(SegmentFile),
}

/// All that a registry has written.
pub(super) struct Memory {
    backing: Backing,
    /// Bytes of the chunks that are in the file.
    in_file: usize,
    chunks: Vec<Arc<Chunk>>,
    /// Slots of the last chunk that have records.
    used: usize,
    /// Bytes of all chunks.
    len: usize,
    /// Most bytes.
    len_max: usize,
}

impl Memory {
    /// An empty one, of `len_max` bytes at most but for its beginning, which `file` has room for if there is one.
    pub(super) fn new(file: Option<(SegmentFile, Mapping)>, len_max: usize, whose: &Whose) -> Self {
        let (backing, first, in_file) = match file {
            None => (Backing::Ordinary, ordinary(FIRST_CHUNK), 0),
            Some((file, first)) => (Backing::File(file), Chunk::Mapped(first), FIRST_CHUNK),
        };
        let mut memory = Self { backing, in_file, chunks: Vec::new(), used: 0, len: 0, len_max };
        memory.add(first);
        let slots = &memory.chunks[0];
        let word = |at: usize, word: u64| slots[at / SLOT].store(word, Ordering::Relaxed);
        word(0, u64::from_le_bytes(MAGIC));
        word(header::VERSION_AND_LEN, u64::from(VERSION) | (HEADER_LEN as u64) << 32);
        word(header::PID, whose.pid.into());
        word(header::STARTED, whose.started);
        word(header::CREATED, whose.now_unix_ns);
        memory.used = HEADER_LEN / SLOT;
        memory.commit();
        memory
    }

    /// The file that it is in.
    pub(super) fn file(&self) -> Option<&SegmentFile> {
        match &self.backing {
            Backing::Ordinary => None,
            Backing::File(file) | Backing::Full(file) => Some(file),
        }
    }

    /// Adds a record of these bytes. `None`: there is no room for it.
    pub(super) fn push(&mut self, kind: RecordKind, bytes: &[u8]) -> Option<()> {
        let slots = self.allot(bytes.len().div_ceil(SLOT))?;
        for (slot, word) in slots.iter().zip(bytes.chunks(SLOT)) {
            let mut whole = [0; SLOT];
            whole[..word.len()].copy_from_slice(word);
            slot.store(u64::from_le_bytes(whole), Ordering::Relaxed);
        }
        self.end(kind, &slots);
        Some(())
    }

    /// Adds a block of so many slots for a series, all 0. `None`: there is no room for it.
    pub(super) fn push_block(&mut self, series: u32, slots: usize) -> Option<Block> {
        let mut block = self.allot(1 + slots)?;
        block[0].store(u64::from(series) | (slots as u64) << 32, Ordering::Relaxed);
        self.end(RecordKind::Block, &block);
        block.slots.start += 1;
        Some(block)
    }

    /// Everything that is committed, as it is now.
    pub(super) fn copy(&self) -> Copying {
        Copying { chunks: self.chunks.clone(), committed: self.committed() }
    }

    /// Room for a record of so many slots behind its header.
    fn allot(&mut self, slots: usize) -> Option<Block> {
        let needed = slots + RECORD_HEADER_LEN / SLOT;
        let chunk_len = self.chunks.last().map_or(0, |chunk| chunk.len());
        if needed > chunk_len - self.used {
            let left = chunk_len - self.used;
            self.grow(CHUNK.max(needed * SLOT))?;
            if left > 0 {
                let before_last = &self.chunks[self.chunks.len() - 2];
                set_record_header(&before_last[chunk_len - left], RecordKind::Padding, left);
            }
            self.used = 0;
        }
        let chunk = Arc::clone(self.chunks.last()?);
        Some(Block { chunk, slots: self.used + RECORD_HEADER_LEN / SLOT..self.used + needed })
    }

    /// The record that has these slots is whole.
    fn end(&mut self, kind: RecordKind, slots: &Block) {
        let first = self.used;
        self.used = slots.slots.end;
        set_record_header(&slots.chunk[first], kind, self.used - first);
        self.commit();
    }

    /// Tells readers of the file how much is whole of it.
    fn commit(&self) {
        let committed = self.committed().min(self.in_file);
        self.chunks[0][header::COMMITTED / SLOT].store(committed as u64, Ordering::Release);
    }

    fn committed(&self) -> usize {
        let last = self.chunks.last().map_or(0, |chunk| chunk.len());
        self.len - (last - self.used) * SLOT
    }

    /// Adds a chunk. `None`: that would be more than it may have.
    fn grow(&mut self, len: usize) -> Option<()> {
        if len > self.len_max - self.len.min(self.len_max) {
            return None;
        }
        let chunk = self.chunk(len);
        self.add(chunk);
        Some(())
    }

    fn chunk(&mut self, len: usize) -> Chunk {
        let Backing::File(file) = &mut self.backing else { return ordinary(len) };
        match file.grow(len) {
            Ok(mapping) => {
                self.in_file += len;
                Chunk::Mapped(mapping)
            }
            Err(error) => {
                tell_full(file, &error);
                self.backing = match std::mem::replace(&mut self.backing, Backing::Ordinary) {
                    Backing::File(file) | Backing::Full(file) => Backing::Full(file),
                    Backing::Ordinary => Backing::Ordinary,
                };
                ordinary(len)
            }
        }
    }

    fn add(&mut self, chunk: Chunk) {
        self.len += chunk.len() * SLOT;
        self.chunks.push(Arc::new(chunk));
    }
}

fn ordinary(len: usize) -> Chunk {
    Chunk::Ordinary((0..len.div_ceil(SLOT)).map(|_| AtomicU64::new(0)).collect())
}

/// Says that others do not see everything any more.
fn tell_full(file: &SegmentFile, error: &io::Error) {
    let path = file.path().display();
    log::line(
        Event::MetricsUnshared,
        &[],
        format_args!(
            "metrics that are new are kept in ordinary memory: {path} takes no more: {error}; make room there, or name another folder by metrics.dir, and start anew"
        ),
    );
}

fn set_record_header(slot: &AtomicU64, kind: RecordKind, slots: usize) {
    slot.store(u64::from(kind.number()) | ((slots * SLOT) as u64) << 32, Ordering::Relaxed);
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("file", &self.file()).field("len", &self.len).finish_non_exhaustive()
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block").field("slots", &self.slots).finish_non_exhaustive()
    }
}

/// What is to be copied, without the lock that records are added under.
pub(super) struct Copying {
    chunks: Vec<Arc<Chunk>>,
    committed: usize,
}

impl Copying {
    /// The bytes of a segment.
    pub(super) fn bytes(self) -> Vec<u8> {
        let slots = self.chunks.iter().flat_map(|chunk| chunk.iter());
        let words = slots.take(self.committed / SLOT).map(|slot| slot.load(Ordering::Relaxed));
        let mut bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
        // Which the header says only of what is in the file.
        let committed = (self.committed as u64).to_le_bytes();
        bytes[header::COMMITTED..header::COMMITTED + SLOT].copy_from_slice(&committed);
        bytes
    }
}
