//! Large `bytes` by reference: a message as parts, of which the long ones are those of its fields and not copies.
//!
//! While [`EncodeBuffer::encode_parts`] writes, a long [`Bytes`] field leaves its place in the buffer as it is and is
//! noted here, by thread: a message is written in one go, and a parameter for the few fields that want it would be
//! carried through every field of every message. Where nobody asked for parts, a long field asks once and is copied.

use std::cell::RefCell;
use std::fmt;

use bytes::Bytes;

use super::{EncodeBuffer, EncodeError, Tlv};

/// From this length on a [`Bytes`] field is a part of its own in [`EncodeBuffer::encode_parts`]. Below, a copy is
/// cheaper than one more part to write.
pub const PART_LEN_MIN: usize = 4 * 1024;

thread_local! {
    /// `None` where nobody asked for parts.
    static COLLECTED: RefCell<Option<Collected>> = const { RefCell::new(None) };
}

/// What was noted since somebody asked for parts.
struct Collected {
    /// The address of the buffer: what is written elsewhere meanwhile, by a message that encodes another one by itself,
    /// is not ours.
    buffer: usize,
    noted: Vec<Noted>,
}

/// A field that was not copied.
struct Noted {
    /// What was free in front of its place.
    free_len: usize,
    bytes: Bytes,
}

/// A message as parts, one behind the other. Made by [`EncodeBuffer::encode_parts`].
pub struct EncodedParts<'b> {
    /// The message, with a gap for each field that is a part of its own.
    written: &'b [u8],
    /// Those, from the front to the end, each with the place where its gap begins.
    shared: Vec<(usize, Bytes)>,
}

/// One part of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum EncodedPart<'p> {
    /// Bytes of the buffer.
    Written(&'p [u8]),
    /// A field of the message: another owner of the same bytes.
    Shared(&'p Bytes),
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for EncodedParts<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter()).finish()
    }
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for EncodedPart<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, len) = match self {
            Self::Written(bytes) => ("Written", bytes.len()),
            Self::Shared(bytes) => ("Shared", bytes.len()),
        };
        out.debug_struct(name).field("len", &len).finish_non_exhaustive()
    }
}

impl EncodedParts<'_> {
    /// How many bytes the message has.
    #[expect(clippy::len_without_is_empty, reason = "it is about a message, not about a collection")]
    pub fn len(&self) -> usize {
        self.written.len()
    }

    /// The parts, in the order of the wire.
    pub fn iter(&self) -> impl Iterator<Item = EncodedPart<'_>> {
        let ends = self.shared.iter().map(|(at, bytes)| at + bytes.len());
        let starts = std::iter::once(0).chain(ends);
        let stops = self.shared.iter().map(|(at, _)| *at).chain([self.written.len()]);
        let written = starts.zip(stops).map(|(start, stop)| EncodedPart::Written(&self.written[start..stop]));
        let shared = self.shared.iter().map(|(_, bytes)| Some(EncodedPart::Shared(bytes))).chain([None]);
        let parts = written.zip(shared).flat_map(|(written, shared)| [Some(written), shared]);
        parts.flatten().filter(|part| *part != EncodedPart::Written(&[]))
    }
}

impl EncodeBuffer {
    /// Writes a message, but for its [`Bytes`] fields from [`PART_LEN_MIN`] bytes on: those become parts by reference.
    ///
    /// What is spared is the copy: the buffer is as long as the whole message, and nothing touches the gaps in it.
    ///
    /// ```
    /// use svrkit_runtime::wire::tlv::{EncodeBuffer, EncodedPart, Tlv};
    /// use svrkit_runtime::Bytes;
    ///
    /// #[derive(Default, Tlv)]
    /// struct Photo {
    ///     #[tlv(1)]
    ///     pixels: Bytes,
    /// }
    ///
    /// let photo = Photo { pixels: Bytes::from(vec![7; 65_536]) };
    /// let mut buffer = EncodeBuffer::default();
    /// let parts = buffer.encode_parts(&photo)?;
    /// let parts: Vec<_> = parts.iter().collect();
    /// assert_eq!(parts, [EncodedPart::Written(b"\x0a\x80\x80\x04"), EncodedPart::Shared(&photo.pixels)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The message is longer than `message.out`.
    pub fn encode_parts<M: Tlv>(&mut self, message: &M) -> Result<EncodedParts<'_>, EncodeError> {
        let collecting = Collecting::begin();
        let start = self.write(message, 0, Collecting::start_over)?;
        // Written from the end: the last noted stands first.
        let noted = collecting.end().into_iter().rev();
        let shared = noted.map(|noted| (noted.free_len - start, noted.bytes)).collect();
        Ok(EncodedParts { written: self.from(start), shared })
    }
}

/// Notes fields until it is dropped, also by a panic; then goes on with what was going on before.
struct Collecting {
    around: Option<Collected>,
}

impl Collecting {
    fn begin() -> Self {
        Self { around: COLLECTED.take() }
    }

    /// The message is written into `buffer`, from the start.
    fn start_over(buffer: &[u8]) {
        COLLECTED.set(Some(Collected { buffer: buffer.as_ptr().addr(), noted: Vec::new() }));
    }

    fn end(self) -> Vec<Noted> {
        COLLECTED.take().map(|collected| collected.noted).unwrap_or_default()
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        COLLECTED.set(self.around.take());
    }
}

/// Notes `bytes`, which would stand at the end of `free`, if parts are wanted: their place is then left as it is.
#[inline(never)]
pub(super) fn note(free: &[u8], bytes: &Bytes) -> bool {
    // While a thread ends there is nobody left who could want parts.
    let noted = COLLECTED.try_with(|collected| {
        match (&mut *collected.borrow_mut(), free.len().checked_sub(bytes.len())) {
            (Some(collected), Some(free_len)) if collected.buffer == free.as_ptr().addr() => {
                collected.noted.push(Noted { free_len, bytes: bytes.clone() });
                true
            }
            _ => false,
        }
    });
    noted.unwrap_or(false)
}
