//! The frame: a header of 32 bytes, little-endian, then the body.
//!
//! | bytes | field |
//! |---|---|
//! | 0..2 | magic |
//! | 2 | version |
//! | 3 | kind |
//! | 4..8 | length of the body |
//! | 8..16 | call id |
//! | 16..20 | service id |
//! | 20..22 | method id |
//! | 22..32 | what an RPC has more to say: deadline or status, priority, route |

use std::io;

use anyhow::{Result, bail, ensure};
use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

const HEADER_LEN: usize = 32;
/// A longer body ends the connection.
const BODY_LEN_MAX: usize = 4 << 20;
/// Room for one read, so that many small frames come by one.
const READ_LEN: usize = 64 << 10;
/// Room that a frame longer than the buffer asks for, in frames of its length.
const FRAMES_AHEAD: usize = 4;
/// With less room than this left, new room is made.
const READ_LEN_MIN: usize = 8 << 10;

const MAGIC: u16 = 0x7ab3;
const VERSION: u8 = 1;
const SERVICE: u32 = 0x0ec0_0ec0;
const METHOD: u16 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Request = 1,
    Response = 2,
}

/// One frame as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub call: u64,
    pub body: Bytes,
}

/// Writes a header for a body of `body_len` bytes.
pub(super) fn encode_header(kind: Kind, call: u64, body_len: usize, out: &mut Vec<u8>) -> Result<()> {
    ensure!(
        body_len <= BODY_LEN_MAX,
        "the body would be {body_len} bytes, the limit is {BODY_LEN_MAX}"
    );
    let mut header = [0; HEADER_LEN];
    header[0..2].copy_from_slice(&MAGIC.to_le_bytes());
    header[2] = VERSION;
    header[3] = kind as u8;
    header[4..8].copy_from_slice(&(body_len as u32).to_le_bytes());
    header[8..16].copy_from_slice(&call.to_le_bytes());
    header[16..20].copy_from_slice(&SERVICE.to_le_bytes());
    header[20..22].copy_from_slice(&METHOD.to_le_bytes());
    out.extend_from_slice(&header);
    Ok(())
}

/// Takes one whole frame of `kind` off the front of `inbound`; `Ok(None)`: read more and call again.
pub(super) fn decode(kind: Kind, inbound: &mut BytesMut) -> Result<Option<Frame>> {
    let Some(header) = inbound.first_chunk::<HEADER_LEN>() else {
        return Ok(None);
    };
    let mut header = header.as_slice();
    let (magic, version, found) = (header.get_u16_le(), header.get_u8(), header.get_u8());
    let body_len = header.get_u32_le() as usize;
    let call = header.get_u64_le();
    let (service, method) = (header.get_u32_le(), header.get_u16_le());
    ensure!(
        (magic, version, found) == (MAGIC, VERSION, kind as u8),
        "no frame of kind {kind:?}: magic {magic:#06x}, version {version}, kind {found}"
    );
    ensure!(
        (service, method) == (SERVICE, METHOD),
        "unknown method {method} of service {service:#010x}"
    );
    ensure!(
        body_len <= BODY_LEN_MAX,
        "the body would be {body_len} bytes, the limit is {BODY_LEN_MAX}"
    );
    let frame_len = HEADER_LEN + body_len;
    if inbound.len() < frame_len {
        // What was read of it moves when room is made, so room is made for the next frames too: they will be as long.
        if inbound.capacity() < frame_len {
            inbound.reserve(READ_LEN.max(FRAMES_AHEAD * frame_len) - inbound.len());
        }
        return Ok(None);
    }
    inbound.advance(HEADER_LEN);
    let body = inbound.split_to(body_len).freeze();
    Ok(Some(Frame { call, body }))
}

/// Reads more; `false` when the peer has left between two frames.
pub(super) async fn read_more(reader: &mut (impl AsyncRead + Unpin), inbound: &mut BytesMut) -> Result<bool> {
    if inbound.capacity() - inbound.len() < READ_LEN_MIN {
        inbound.reserve(READ_LEN);
    }
    match reader.read_buf(inbound).await {
        Ok(0) if inbound.is_empty() => Ok(false),
        Ok(0) => bail!("the peer left in the middle of a frame"),
        Ok(_) => Ok(true),
        // The other side was killed: for a benchmark no fault.
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset && inbound.is_empty() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_header(Kind::Request, 7, 3, &mut bytes).unwrap();
        bytes.extend_from_slice(b"abc");
        bytes
    }

    #[test]
    fn a_frame_is_found_wherever_the_network_cuts_it() {
        let whole = whole();
        for cut in 0..whole.len() {
            let mut inbound = BytesMut::from(&whole[..cut]);
            assert_eq!(decode(Kind::Request, &mut inbound).unwrap(), None, "cut at {cut}");
            inbound.extend_from_slice(&whole[cut..]);
            let expected = Frame {
                call: 7,
                body: Bytes::from_static(b"abc"),
            };
            assert_eq!(
                decode(Kind::Request, &mut inbound).unwrap(),
                Some(expected),
                "cut at {cut}"
            );
            assert!(inbound.is_empty());
        }
    }

    #[test]
    fn what_is_no_frame_is_refused_before_its_body_comes() {
        let rows: &[(usize, &str)] = &[
            (0, "magic"),
            (2, "version"),
            (3, "kind"),
            (7, "the limit is"),
            (16, "service"),
            (20, "method"),
        ];
        for (changed, expected) in rows {
            let mut bytes = whole();
            bytes[*changed] ^= 0xff;
            let error = decode(Kind::Request, &mut BytesMut::from(&bytes[..HEADER_LEN]))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "byte {changed}: {error}");
        }
        assert!(decode(Kind::Response, &mut BytesMut::from(&whole()[..])).is_err());
    }

    #[test]
    fn the_longest_body_is_sent_and_one_byte_more_is_not() {
        assert!(encode_header(Kind::Response, 0, BODY_LEN_MAX, &mut Vec::new()).is_ok());
        assert!(encode_header(Kind::Response, 0, BODY_LEN_MAX + 1, &mut Vec::new()).is_err());
    }
}
