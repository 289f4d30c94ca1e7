//! Where one frame ends and the next begins.
//!
//! Owns no socket and reads no clock: a connection feeds it the bytes it has read.

use std::fmt;

use bytes::{Buf, Bytes, BytesMut};

use super::checksum::checksum;
use super::error::FrameError;
use super::header::{FLAG_CHECKED, FLAG_COMPRESSED, FLAG_IN_PARTS, Facts, HEADER_LEN, Header};

/// Most that is reserved for a frame whose bytes have not arrived.
const RESERVE_MAX: usize = 256 * 1024;

/// One frame, its lengths checked and its parts sliced out of the read buffer.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The header.
    pub header: Header,
    /// TLV records for the framework and interceptors; often empty.
    pub metadata: Bytes,
    /// The message.
    pub body: Bytes,
}

impl Frame {
    /// Whether it is as it was sent: its body came with it, not compressed, and nothing behind it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        const NOT_PLAIN: u16 = FLAG_IN_PARTS | FLAG_COMPRESSED | FLAG_CHECKED;
        self.header.flags & NOT_PLAIN == 0 && self.header.facts != Facts::Part
    }
}

/// Without the bytes of its parts: they may hold what is sensitive.
impl fmt::Debug for Frame {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Frame")
            .field("header", &self.header)
            .field("metadata_len", &self.metadata.len())
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// Splits inbound bytes into frames, within limits.
#[derive(Clone, Copy, Debug)]
pub struct FrameDecoder {
    /// Largest body taken, in bytes (`message.in`).
    pub body_len_max: u32,
    /// Largest metadata taken, in bytes (`metadata.bytes`).
    pub metadata_len_max: u16,
}

impl FrameDecoder {
    /// Takes one whole frame off the front of `inbound`.
    ///
    /// `Ok(None)` is no failure: the frame is incomplete, read more and call again. Room for the rest of the frame is
    /// then reserved, at most 256 KiB at a time: a length costs a peer nothing to claim.
    ///
    /// # Errors
    /// [`FrameError`], decided as soon as the header is there: a peer must not make us hold what we will not take.
    #[inline]
    pub fn decode(&self, inbound: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
        let Some(bytes) = inbound.first_chunk::<HEADER_LEN>() else {
            return self.check_start(inbound);
        };
        let header = Header::parse(bytes)?;
        if header.body_len > self.body_len_max {
            return Err(FrameError::BodyTooLong { len: header.body_len, max: self.body_len_max });
        }
        if header.metadata_len > self.metadata_len_max {
            return Err(FrameError::MetadataTooLong { len: header.metadata_len, max: self.metadata_len_max });
        }
        let (metadata_len, body_len) = (usize::from(header.metadata_len), header.body_len_here() as usize);
        let frame_len = HEADER_LEN + metadata_len + body_len + header.checksum_len();
        if inbound.len() < frame_len {
            inbound.reserve((frame_len - inbound.len()).min(RESERVE_MAX));
            return Ok(None);
        }
        if header.checksum_len() > 0 {
            check(&inbound[..frame_len], header.checksum_len())?;
        }
        inbound.advance(HEADER_LEN);
        // A body-less frame must not pin the buffer.
        let mut take = |len| {
            if len == 0 { Bytes::new() } else { inbound.split_to(len).freeze() }
        };
        let metadata = take(metadata_len);
        let body = take(body_len);
        inbound.advance(header.checksum_len());
        Ok(Some(Frame { header, metadata, body }))
    }

    /// Bytes too few for a header: tells another protocol as soon as it shows, some of them never send 32 bytes.
    fn check_start(&self, inbound: &BytesMut) -> Result<Option<Frame>, FrameError> {
        let known = inbound.len().min(super::header::MAGIC.len());
        if inbound[..known] == super::header::MAGIC[..known] {
            return Ok(None);
        }
        let mut start = [0; 8];
        let len = inbound.len().min(start.len());
        start[..len].copy_from_slice(&inbound[..len]);
        Err(FrameError::NotSvrkit { start })
    }
}

/// Holds a frame to the checksum at its end.
#[cold]
fn check(frame: &[u8], checksum_len: usize) -> Result<(), FrameError> {
    let (bytes, sum) = frame.split_at(frame.len() - checksum_len);
    if checksum(&[bytes])[..] == *sum { Ok(()) } else { Err(FrameError::ChecksumWrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame::RequestFacts;

    const DECODER: FrameDecoder = FrameDecoder { body_len_max: 10, metadata_len_max: 4 };

    fn frame_of(metadata: &[u8], body: &[u8]) -> Vec<u8> {
        let header = Header {
            metadata_len: metadata.len() as u16,
            body_len: body.len() as u32,
            ..Header::new(7, Facts::Request(RequestFacts::default()))
        };
        [&header.to_bytes()[..], metadata, body].concat()
    }

    #[test]
    fn a_frame_is_found_however_the_network_cuts_it() {
        let whole = frame_of(b"me", b"abc");
        for cut in 0..whole.len() {
            let mut inbound = BytesMut::from(&whole[..cut]);
            assert_eq!(DECODER.decode(&mut inbound), Ok(None), "cut at {cut}");
            inbound.extend_from_slice(&whole[cut..]);
            let frame = DECODER.decode(&mut inbound).unwrap().unwrap();
            assert_eq!((&frame.metadata[..], &frame.body[..]), (&b"me"[..], &b"abc"[..]));
            assert!(inbound.is_empty());
        }
    }

    #[test]
    fn a_body_in_parts_is_not_waited_for_and_is_held_to_its_limit() {
        let header = |body_len| Header { flags: FLAG_IN_PARTS, body_len, ..Header::new(7, Facts::Message) };
        let announced = |body_len| BytesMut::from(&header(body_len).to_bytes()[..]);
        let frame = DECODER.decode(&mut announced(10)).unwrap().unwrap();
        assert_eq!((frame.header, frame.body), (header(10), Bytes::new()));
        let error = DECODER.decode(&mut announced(11)).unwrap_err();
        assert_eq!(error, FrameError::BodyTooLong { len: 11, max: 10 });
    }

    #[test]
    fn frames_follow_one_another() {
        let mut inbound =
            BytesMut::from(&[frame_of(b"", b"a"), frame_of(b"", b""), frame_of(b"", b"b")].concat()[..]);
        let bodies: Vec<Bytes> =
            std::iter::from_fn(|| DECODER.decode(&mut inbound).unwrap()).map(|frame| frame.body).collect();
        assert_eq!(bodies, ["a", "", "b"]);
    }

    #[test]
    fn limits_hold_at_the_edge_and_before_the_body_is_there() {
        let whole = frame_of(b"four", b"0123456789");
        assert!(DECODER.decode(&mut BytesMut::from(&whole[..])).unwrap().is_some());

        let body = frame_of(b"", b"0123456789x");
        let error = DECODER.decode(&mut BytesMut::from(&body[..HEADER_LEN])).unwrap_err();
        assert_eq!(error, FrameError::BodyTooLong { len: 11, max: 10 });
        assert!(error.to_string().contains("message.in"), "{error}");

        let metadata = frame_of(b"five5", b"");
        let error = DECODER.decode(&mut BytesMut::from(&metadata[..HEADER_LEN])).unwrap_err();
        assert_eq!(error, FrameError::MetadataTooLong { len: 5, max: 4 });
        assert!(error.to_string().contains("metadata.bytes"), "{error}");
    }

    #[test]
    fn another_protocol_shows_before_a_whole_header_is_there() {
        let error = DECODER.decode(&mut BytesMut::from(&b"GET / HTTP/1.1\r\n"[..])).unwrap_err();
        assert_eq!(error, FrameError::NotSvrkit { start: *b"GET / HT" });
        let error = DECODER.decode(&mut BytesMut::from(&b"\xf7X"[..])).unwrap_err();
        assert_eq!(error, FrameError::NotSvrkit { start: *b"\xf7X\0\0\0\0\0\0" });
    }
}
