//! A part of a segment as memory. The one place of metrics that needs unsafe code.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::sync::atomic::AtomicU64;

#[cfg(all(unix, target_endian = "little"))]
use memmap2::{MmapOptions, MmapRaw};

/// Slots that are bytes of a file.
#[cfg(all(unix, target_endian = "little"))]
#[derive(Debug)]
pub(crate) struct Mapping {
    memory: MmapRaw,
}

/// Nowhere else: bytes in another order would be another layout.
#[cfg(not(all(unix, target_endian = "little")))]
#[derive(Debug)]
pub(crate) enum Mapping {}

#[cfg(all(unix, target_endian = "little"))]
impl Mapping {
    /// Maps `len` bytes of `file` from `offset` on, shared with whoever reads the file. They have to be there, and the blocks for them: touching one
    /// that cannot be had would end the process.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new(file: &File, offset: usize, len: usize) -> io::Result<Self> {
        let memory = MmapOptions::new().offset(offset as u64).len(len).map_raw(file)?;
        Ok(Self { memory })
    }
}

#[cfg(all(unix, target_endian = "little"))]
impl Deref for Mapping {
    type Target = [AtomicU64];

    #[inline]
    #[expect(unsafe_code, reason = "numbers that outlive their process are in memory that others see")]
    fn deref(&self) -> &[AtomicU64] {
        let first = self.memory.as_mut_ptr().cast::<AtomicU64>();
        let slots = self.memory.len() / size_of::<AtomicU64>();
        // SAFETY: the mapping is readable and writable, of that many bytes, and lives as long as `self`; it begins at a page, so
        // it is aligned; any bytes are integers; and it is looked at by atomic operations alone, here and by whoever else maps it (readers use
        // `pread`). Nobody shortens the file: it is ours, of mode 0600, and only ever grows (`file.rs`).
        unsafe { std::slice::from_raw_parts(first, slots) }
    }
}

#[cfg(not(all(unix, target_endian = "little")))]
impl Mapping {
    pub(super) fn new(_: &File, _: usize, _: usize) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(not(all(unix, target_endian = "little")))]
impl Deref for Mapping {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        match *self {}
    }
}
