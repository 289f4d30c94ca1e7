//! Bodies in parts: put together as they arrive.
//!
//! A long body is announced by a frame that has none of it, and comes in frames of parts, with other calls' frames between them.
//! One at a time: parts of two bodies are not mixed. So what is incomplete holds at most one `message.in` of a connection.
//!
//! Owns no socket and reads no clock.

use bytes::{Bytes, BytesMut};

use super::decoder::Frame;
use super::error::FrameError;
use super::header::{FLAG_IN_PARTS, Facts, Header};

/// Longest part of a body, in bytes. A receiver takes parts of any length.
pub const PART_LEN_MAX: usize = 64 * 1024;

/// Longest body that is sent whole, in bytes: so much may stand between a frame and the socket at most. Putting a body together is a
/// copy of it, which shorter ones are spared.
pub const WHOLE_LEN_MAX: usize = 2 * PART_LEN_MAX;

/// Most that is reserved for a body before any of it is there.
const RESERVE_MAX: usize = 256 * 1024;

/// The body that is being put together, if there is one.
#[derive(Debug, Default)]
pub struct Parts(Option<Box<Begun>>);

#[derive(Debug)]
struct Begun {
    header: Header,
    metadata: Bytes,
    body: BytesMut,
    /// What has come of a body that nobody wants; `None`: it is wanted.
    thrown_away: Option<usize>,
}

impl Begun {
    fn received(&self) -> usize {
        self.thrown_away.unwrap_or(self.body.len())
    }
}

impl Parts {
    /// Takes a frame as it was read. Gives one that is whole, with the header of one whose body came with it.
    ///
    /// `Ok(None)` is no failure: what the frame brought waits for the rest of its body.
    ///
    /// # Errors
    /// [`FrameError`] where the frame is a part and not the next one of the body announced last, or announces another body before
    /// that one is complete.
    pub fn take(&mut self, frame: Frame) -> Result<Option<Frame>, FrameError> {
        match frame.header.facts {
            Facts::Part => self.add(&frame),
            _ if frame.header.flags & FLAG_IN_PARTS != 0 => self.begin(frame),
            _ => Ok(Some(frame)),
        }
    }

    /// Whether no body waits for its rest.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many bytes have come of the body that waits for its rest.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |begun| begun.received())
    }

    /// The header of the body that was announced, as long as nothing of it has come.
    #[must_use]
    pub fn announced(&self) -> Option<&Header> {
        self.0.as_ref().filter(|begun| begun.received() == 0).map(|begun| &begun.header)
    }

    /// Has what comes of that body thrown away as it comes, and gives what it was announced by: its header says by [`FLAG_IN_PARTS`] that there is no body with it.
    pub fn throw_away(&mut self) -> Option<Frame> {
        let begun = self.0.as_mut()?;
        begun.thrown_away = Some(begun.body.len());
        let header = Header { flags: begun.header.flags | FLAG_IN_PARTS, ..begun.header.clone() };
        begun.body = BytesMut::new();
        Some(Frame { header, metadata: std::mem::take(&mut begun.metadata), body: Bytes::new() })
    }

    fn begin(&mut self, frame: Frame) -> Result<Option<Frame>, FrameError> {
        if let Some(begun) = &self.0 {
            return Err(FrameError::PartsMixed { call_id: begun.header.call_id });
        }
        let Frame { mut header, metadata, body } = frame;
        header.flags &= !FLAG_IN_PARTS;
        let len = header.body_len as usize;
        if len == 0 {
            return Ok(Some(Frame { header, metadata, body }));
        }
        let body = BytesMut::with_capacity(len.min(RESERVE_MAX));
        self.0 = Some(Box::new(Begun { header, metadata, body, thrown_away: None }));
        Ok(None)
    }

    fn add(&mut self, part: &Frame) -> Result<Option<Frame>, FrameError> {
        let call_id = part.header.call_id;
        let Some(begun) = self.0.as_mut().filter(|begun| begun.header.call_id == call_id) else {
            return Err(FrameError::PartUnannounced { call_id });
        };
        let (len, left) = (part.body.len(), begun.header.body_len as usize - begun.received());
        if len == 0 || len > left {
            return Err(FrameError::PartLength { len: part.header.body_len, left: left as u32 });
        }
        if let Some(thrown_away) = &mut begun.thrown_away {
            *thrown_away += len;
            if len == left {
                self.0 = None;
            }
            return Ok(None);
        }
        if begun.body.capacity() - begun.body.len() < len {
            // Twice what is there already: a length costs a peer nothing to claim.
            begun.body.reserve(left.min(begun.body.len().max(len)));
        }
        begun.body.extend_from_slice(&part.body);
        if len < left {
            return Ok(None);
        }
        Ok(self.0.take().map(|begun| {
            let Begun { header, metadata, body, .. } = *begun;
            Frame { header, metadata, body: body.freeze() }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame::RequestFacts;

    fn announced(call_id: u32, body_len: u32) -> Frame {
        let header = Header::new(call_id, Facts::Request(RequestFacts::default()));
        let header = Header { flags: FLAG_IN_PARTS, body_len, ..header };
        Frame { header, metadata: Bytes::from_static(b"me"), body: Bytes::new() }
    }

    fn part(call_id: u32, bytes: &'static [u8]) -> Frame {
        let header = Header { body_len: bytes.len() as u32, ..Header::new(call_id, Facts::Part) };
        Frame { header, metadata: Bytes::new(), body: Bytes::from_static(bytes) }
    }

    #[test]
    fn a_body_is_whole_with_its_last_part_and_others_pass_between() {
        let mut parts = Parts::default();
        assert_eq!(parts.take(announced(7, 5)), Ok(None));
        assert_eq!(parts.take(part(7, b"ab")), Ok(None));
        let ping =
            Frame { header: Header::new(0, Facts::Ping(1)), metadata: Bytes::new(), body: Bytes::new() };
        assert_eq!(parts.take(ping.clone()), Ok(Some(ping)));
        let whole = parts.take(part(7, b"cde")).unwrap().unwrap();
        assert_eq!((whole.header.flags, whole.header.body_len), (0, 5));
        assert_eq!((&whole.metadata[..], &whole.body[..]), (&b"me"[..], &b"abcde"[..]));
        assert_eq!(parts.take(part(7, b"f")), Err(FrameError::PartUnannounced { call_id: 7 }), "it is over");
    }

    #[test]
    fn a_body_that_nobody_wants_is_thrown_away_as_it_comes_and_the_next_is_put_together() {
        let mut parts = Parts::default();
        assert_eq!(parts.take(announced(7, 5)), Ok(None));
        assert_eq!(parts.announced().map(|header| header.body_len), Some(5));
        let unread = parts.throw_away().unwrap();
        assert_eq!(
            (unread.header.flags, &unread.metadata[..], unread.body.len()),
            (FLAG_IN_PARTS, &b"me"[..], 0)
        );
        assert_eq!(parts.take(part(7, b"ab")), Ok(None));
        assert_eq!((parts.len(), parts.is_empty(), parts.announced()), (2, false, None));
        assert_eq!(parts.0.as_ref().unwrap().body.capacity(), 0, "nothing is held for it");
        assert_eq!(
            parts.take(part(7, b"cdef")),
            Err(FrameError::PartLength { len: 4, left: 3 }),
            "it is held to what it announced"
        );
        assert_eq!(parts.take(part(7, b"cde")), Ok(None));
        assert!(parts.is_empty());
        parts.take(announced(8, 1)).unwrap();
        assert_eq!(&parts.take(part(8, b"a")).unwrap().unwrap().body[..], b"a");
    }

    #[test]
    fn what_is_not_the_next_part_is_refused() {
        let begun = || {
            let mut parts = Parts::default();
            assert_eq!(parts.take(announced(7, 3)), Ok(None));
            parts
        };
        assert_eq!(begun().take(part(8, b"a")), Err(FrameError::PartUnannounced { call_id: 8 }));
        assert_eq!(begun().take(part(7, b"abcd")), Err(FrameError::PartLength { len: 4, left: 3 }));
        assert_eq!(begun().take(part(7, b"")), Err(FrameError::PartLength { len: 0, left: 3 }));
        assert_eq!(begun().take(announced(8, 3)), Err(FrameError::PartsMixed { call_id: 7 }));
        let empty = Parts::default().take(announced(7, 0)).unwrap().unwrap();
        assert_eq!((empty.header.flags, empty.body.len()), (0, 0), "an empty body has no parts");
    }

    #[test]
    fn what_is_reserved_follows_what_has_come() {
        let mut parts = Parts::default();
        parts.take(announced(7, u32::MAX)).unwrap();
        let capacity = |parts: &Parts| parts.0.as_ref().unwrap().body.capacity();
        assert_eq!(capacity(&parts), RESERVE_MAX);
        const PART: &[u8] = &[7; PART_LEN_MAX];
        for sent in 1..=64 {
            parts.take(part(7, PART)).unwrap();
            assert!(capacity(&parts) <= (2 * sent * PART_LEN_MAX).max(RESERVE_MAX), "{sent} parts");
        }
    }
}
