//! Why a peer's bytes are no frame.

use std::error::Error;
use std::fmt;

use super::header::VERSION;
use super::pack::PACK_LEN_MAX;

/// Why a peer's bytes are no frame of ours. Every variant ends the connection: nobody knows where the next frame starts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The first bytes are another protocol's.
    NotSvrkit {
        /// The first bytes, enough to guess the protocol.
        start: [u8; 8],
    },
    /// The header is of a version this side does not speak.
    Version {
        /// The version it claims.
        found: u8,
    },
    /// A kind this version does not know, and not flagged as skippable.
    UnknownKind {
        /// The kind's number.
        kind: u8,
    },
    /// Flags that must be understood and aren't.
    UnknownFlags {
        /// The unknown flags.
        flags: u16,
    },
    /// The body is over the limit `message.in`.
    BodyTooLong {
        /// Length announced, in bytes.
        len: u32,
        /// The limit, in bytes.
        max: u32,
    },
    /// The metadata is over the limit `metadata.bytes`.
    MetadataTooLong {
        /// Length announced, in bytes.
        len: u16,
        /// The limit, in bytes.
        max: u16,
    },
    /// A part of a body that was not announced, or of another one than the last.
    PartUnannounced {
        /// The call it names.
        call_id: u32,
    },
    /// A part that brings nothing, or more than its body has left.
    PartLength {
        /// Length of the part, in bytes.
        len: u32,
        /// What is left of the body, in bytes.
        left: u32,
    },
    /// A body in parts is announced before the last one is complete.
    PartsMixed {
        /// The call whose body is not complete.
        call_id: u32,
    },
    /// What a compressed body holds is over the limit `message.in`.
    InflatedTooLong {
        /// Length announced, in bytes.
        len: u32,
        /// The limit, in bytes.
        max: u32,
    },
    /// A body that is said to be compressed is not, or holds another number of bytes than it says.
    NotCompressed,
    /// The frame is not what its checksum was made of.
    ChecksumWrong,
    /// A pack of messages is longer than any may be.
    PackTooLong {
        /// Its length, in bytes.
        len: usize,
    },
    /// A pack of messages holds none, or ends within one.
    PackCutShort,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSvrkit { start } => {
                let guess = guess(start);
                write!(
                    f,
                    "the peer does not speak svrkit frames but {guess}: its first bytes are \"{}\"",
                    start.escape_ascii()
                )
            }
            Self::Version { found } => write!(
                f,
                "a frame of version {found}, this side speaks version {VERSION}: upgrade the older side"
            ),
            Self::UnknownKind { kind } => {
                write!(f, "frame kind {kind} is unknown and not flagged as skippable")
            }
            Self::UnknownFlags { flags } => {
                write!(f, "frame flags {flags:#06x} are unknown and must be understood")
            }
            Self::BodyTooLong { len, max } => {
                write!(f, "a body of {len} bytes is over the limit of {max} (message.in)")
            }
            Self::MetadataTooLong { len, max } => {
                write!(f, "metadata of {len} bytes is over the limit of {max} (metadata.bytes)")
            }
            Self::PartUnannounced { call_id } => {
                write!(f, "a part of a body of call {call_id}, which was not announced last")
            }
            Self::PartLength { len, left } => {
                write!(f, "a part of {len} bytes of a body that has {left} left")
            }
            Self::PartsMixed { call_id } => {
                write!(f, "another body in parts before that of call {call_id} is complete")
            }
            Self::InflatedTooLong { len, max } => {
                write!(f, "a compressed body of {len} bytes is over the limit of {max} (message.in)")
            }
            Self::NotCompressed => f.write_str("a body is no LZ4 block of the length that stands before it"),
            Self::ChecksumWrong => f.write_str(
                "a frame was changed on its way: its checksum is another; look for faulty memory or network hardware between \
                 the two",
            ),
            Self::PackTooLong { len } => write!(f, "a pack of {len} bytes is over the {PACK_LEN_MAX} that one may have"),
            Self::PackCutShort => f.write_str("a pack of messages holds none, or ends within one"),
        }
    }
}

impl Error for FrameError {}

/// Names the protocol that starts like this.
fn guess(start: &[u8]) -> &'static str {
    const METHODS: [&[u8]; 7] = [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"OPTIONS", b"CONNECT"];
    const TLS_HANDSHAKE: u8 = 0x16;
    const TLS_ALERT: u8 = 0x15;
    /// Frame header of an HTTP/2 SETTINGS frame: three bytes of length, type 4.
    const HTTP2_SETTINGS: u8 = 0x04;
    match start {
        [b'H', b'T', b'T', b'P', b'/', ..] => "HTTP",
        [b'P', b'R', b'I', b' ', ..] => "HTTP/2",
        [0, 0, _, HTTP2_SETTINGS, ..] => "HTTP/2",
        [b'S', b'S', b'H', b'-', ..] => "SSH",
        [TLS_HANDSHAKE | TLS_ALERT, 3, ..] => "TLS",
        _ if METHODS.iter().any(|method| start.starts_with(method)) => "HTTP",
        _ => "something unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_protocols_are_named() {
        for (start, expected) in [
            (b"GET / HT", "HTTP"),
            (b"HTTP/1.1", "HTTP"),
            (b"PRI * HT", "HTTP/2"),
            (b"\0\0\x12\x04\0\0\0\0", "HTTP/2"),
            (b"\x16\x03\x01\x02\0\x01\0\x01", "TLS"),
            (b"SSH-2.0-", "SSH"),
            (b"\x01\x02\x03\x04\x05\x06\x07\x08", "something unknown"),
        ] {
            assert_eq!(guess(start), expected, "{start:?}");
        }
    }
}
