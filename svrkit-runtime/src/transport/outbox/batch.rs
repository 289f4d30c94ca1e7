//! Bytes that leave in one vectored write.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::mem;

use bytes::Bytes;

/// Most memory kept for the next small frames once those before have left.
const SPARE_CAPACITY_MAX: usize = 64 * 1024;

/// Bytes on their way out.
#[derive(Debug)]
pub(super) enum Chunk {
    /// Small frames one after another.
    Own(Vec<u8>),
    /// A large body.
    Shared(Bytes),
}

impl Chunk {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// Chunks that leave in one vectored write.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) chunks: VecDeque<Chunk>,
    /// How much of the first chunk has left.
    start: usize,
    /// The emptied buffer of a chunk that has left.
    pub(super) spare: Vec<u8>,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Points `slices` at the next bytes and says how many slices that took.
    pub(super) fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut start = self.start;
        let mut filled = 0;
        for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
            *slice = IoSlice::new(&chunk.bytes()[mem::take(&mut start)..]);
            filled += 1;
        }
        filled
    }

    /// Drops the next `len` bytes.
    pub(super) fn advance(&mut self, len: usize) {
        self.start += len;
        while let Some(front) = self.chunks.front()
            && let Some(left) = self.start.checked_sub(front.bytes().len())
        {
            self.start = left;
            if let Some(Chunk::Own(mut bytes)) = self.chunks.pop_front()
                && bytes.capacity() <= SPARE_CAPACITY_MAX
            {
                bytes.clear();
                self.spare = bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_advances_over_its_chunks() {
        let own = |bytes: &[u8]| Chunk::Own(bytes.to_vec());
        let all = b"abcdefg";
        for first in 0..=all.len() {
            let chunks = [own(b"ab"), own(b""), Chunk::Shared(Bytes::from_static(b"cde")), own(b"fg")];
            let mut batch = Batch { chunks: chunks.into(), ..Batch::default() };
            for (len, rest) in [(first, &all[first..]), (all.len() - first, b"")] {
                batch.advance(len);
                let mut slices = [IoSlice::new(&[]); 8];
                let filled = batch.slices(&mut slices);
                let bytes: Vec<u8> =
                    slices[..filled].iter().flat_map(|slice| slice.iter().copied()).collect();
                assert_eq!(bytes, rest);
            }
            assert!(batch.is_empty() && batch.spare.is_empty() && batch.spare.capacity() > 0);
        }
    }
}
