//! The header: 32 bytes at fixed offsets, little-endian, enough to decide on admission without the body.
//!
//! | offset | bytes | every kind |
//! |---|---|---|
//! | 0 | 2 | magic `F7 53`: no HTTP method, no HTTP/2 preface, no TLS record starts so |
//! | 2 | 1 | frame version (0 in a hello, whose layout is frozen) |
//! | 3 | 1 | kind |
//! | 4 | 2 | flags: unknown ones of the low byte are refused, of the high byte ignored |
//! | 6 | 2 | length of the metadata behind the header |
//! | 8 | 4 | length of the body behind the metadata |
//! | 12 | 4 | call id; 0 is no call's and means the connection |
//! | 16 | 16 | facts of the kind: see [`Facts`]; what a kind doesn't use is written as zero and not read |

use std::time::Duration;

use super::checksum::CHECKSUM_LEN;
use super::error::FrameError;
use crate::priority::Priority;

/// Length of a header in bytes.
pub const HEADER_LEN: usize = 32;

/// What each frame starts with.
pub const MAGIC: [u8; 2] = [0xf7, 0x53];

/// The frame version this code speaks.
pub const VERSION: u8 = 1;

/// The version byte of a hello.
const VERSION_OF_HELLO: u8 = 0;

const KIND_HELLO: u8 = 1;
const KIND_REQUEST: u8 = 2;
const KIND_RESPONSE: u8 = 3;
const KIND_CANCEL: u8 = 4;
const KIND_GOAWAY: u8 = 5;
const KIND_PING: u8 = 6;
const KIND_PONG: u8 = 7;
const KIND_MESSAGE: u8 = 8;
const KIND_END: u8 = 9;
const KIND_CREDIT: u8 = 10;
const KIND_PART: u8 = 11;

/// A receiver that does not know this frame's kind skips it.
pub const FLAG_SKIPPABLE: u16 = 0x0100;

/// On a request: nobody waits for its answer, and none is sent.
pub const FLAG_ONEWAY: u16 = 0x0001;

/// On a request: messages of a stream follow it, or come back, or both.
pub const FLAG_STREAM: u16 = 0x0002;

/// On what has a body: of it nothing stands in this frame, and all in the parts that follow. The header says the length of the
/// whole.
pub const FLAG_IN_PARTS: u16 = 0x0004;

/// The body is compressed: an LZ4 block behind the length of what it holds (4 bytes). Lengths in frames are those of the block.
pub const FLAG_COMPRESSED: u16 = 0x0008;

/// Behind the frame stands its checksum: 4 bytes, CRC-32C, which no length counts.
pub const FLAG_CHECKED: u16 = 0x0010;

/// On a message of a stream: the body is a pack of messages, each behind its length in two bytes.
pub const FLAG_PACKED: u16 = 0x0020;

/// On a response: it is degraded.
const MARK_DEGRADED: u8 = 1;

/// On a response without an answer: the caller may take its last good one in its place.
const MARK_LAST_GOOD: u8 = 2;

/// Flags a receiver must understand.
const FLAGS_CRITICAL: u16 = 0x00ff;

/// One frame's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Flags; see [`FLAG_ONEWAY`], [`FLAG_STREAM`], [`FLAG_IN_PARTS`], [`FLAG_COMPRESSED`], [`FLAG_CHECKED`], [`FLAG_PACKED`]
    /// and [`FLAG_SKIPPABLE`].
    pub flags: u16,
    /// Bytes of metadata behind the header.
    pub metadata_len: u16,
    /// Bytes of body: behind the metadata, or in parts.
    pub body_len: u32,
    /// The call it belongs to, chosen by the caller; 0 where it concerns the connection.
    pub call_id: u32,
    /// The kind and what it says.
    pub facts: Facts,
}

/// A frame's kind with the facts its header carries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Facts {
    /// Each side's first frame; the body is a hello message. Offsets: 16 lowest version, 17 highest.
    Hello {
        /// Lowest frame version the sender speaks.
        version_min: u8,
        /// Highest frame version the sender speaks.
        version_max: u8,
    },
    /// A call; the body is the request message.
    Request(RequestFacts),
    /// Its answer or refusal; the body is the response message, or the failure if the code isn't OK.
    Response(ResponseFacts),
    /// The caller no longer waits.
    Cancel,
    /// Send no more calls here; what was sent before is answered or refused. The body is a failure. Offset: 16 reason.
    Goaway {
        /// Why; see [`GoawayReason`].
        reason: GoawayReason,
    },
    /// Answer with a pong of the same token. Offset: 16 token.
    Ping(u64),
    /// The answer to a ping. Offset: 16 token.
    Pong(u64),
    /// A message of a stream, from either side; the body is the message, or with [`FLAG_PACKED`] several.
    Message,
    /// The caller sends no more messages: it has sent all, or says by a status why not. The facts and the body are those of a
    /// response. A handler ends its stream by its response.
    End(ResponseFacts),
    /// The other side may send so many bytes more: of the call's messages, or, with call id 0, of all messages of the connection.
    /// Offset: 16 bytes.
    Credit(u32),
    /// The next bytes of the body that was announced by [`FLAG_IN_PARTS`].
    Part,
    /// A kind this version does not know, flagged as skippable.
    Skippable(u8),
}

/// What a request's header says.
///
/// Offsets: 16 service id, 20 method id, 22 priority (class), 23 priority (rank), 24 remaining time, 28 route hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestFacts {
    /// The service called.
    pub service_id: u32,
    /// The method called.
    pub method_id: u16,
    /// How important it is.
    pub priority: Priority,
    /// Microseconds until the deadline; 0 is over, `u32::MAX` is none.
    pub remaining_us: u32,
    /// Hash of the route or user key; 0 where there is none.
    pub route_hash: u32,
}

impl RequestFacts {
    /// What it is routed by: the service's id and the method's.
    pub(crate) fn ids(&self) -> (u32, u16) {
        (self.service_id, self.method_id)
    }

    /// `remaining_us` of a call that has this long: 71 minutes and 34 seconds where it is longer. The highest number means that there is no
    /// deadline, which is more than any time.
    pub(crate) fn remaining_us_of(remaining: Duration) -> u32 {
        u32::try_from(remaining.as_micros()).unwrap_or(u32::MAX).min(u32::MAX - 1)
    }

    /// The time that the caller gives; `None`: it does not say.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        (self.remaining_us != u32::MAX).then(|| Duration::from_micros(self.remaining_us.into()))
    }
}

/// What a response's header says.
///
/// Offsets: 16 code, 17 cause, 18 party, 19 retry, 20 announced level (class), 21 announced level (rank), 22 layer,
/// 23 marks (bit 0: degraded, bit 1: last good; others are ignored), 24 retry after, 28 error code.
///
/// A caller whose cause is `blocked` is to send no call of that method with that route hash on this connection, nor to this endpoint, before
/// `retry_after_ms` is over: each would be refused unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResponseFacts {
    /// Status code; 0 is OK.
    pub code: u8,
    /// Cause of a refusal.
    pub cause: u8,
    /// Party at fault.
    pub party: u8,
    /// Retry advice.
    pub retry: u8,
    /// Announced admission level: the least important calls that are admitted. Class 255 with rank 255: all are. Class 0 with rank 0: none is
    /// announced, as nobody admits fewer than the most important.
    pub level: Priority,
    /// Layer that failed.
    pub layer: u8,
    /// The answer is less than the method's best: made by its cheaper handler, for the server is under load.
    pub degraded: bool,
    /// There is none: the caller is to take the last good answer that it has, if its schema has it keep any, and may do so for calls to come.
    pub last_good: bool,
    /// Milliseconds to wait before trying again, where that is the advice; where that is to try elsewhere, before trying here again: 0, if that is
    /// not known.
    pub retry_after_ms: u32,
    /// The service's own error number; 0: none.
    pub error_code: u32,
}

/// Why a connection is being left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GoawayReason {
    /// A reason this version does not know.
    Unknown,
    /// The sender takes no new calls here: it is about to stop, or the connection has been idle or open for long.
    Draining,
    /// The receiver broke the protocol.
    Protocol,
    /// No common frame version.
    Version,
    /// The receiver is over a limit.
    Limit,
    /// The receiver spoke without TLS, and this port speaks over TLS, or the other way round.
    Tls,
}

impl GoawayReason {
    fn number(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Draining => 1,
            Self::Protocol => 2,
            Self::Version => 3,
            Self::Limit => 4,
            Self::Tls => 5,
        }
    }

    fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Draining,
            2 => Self::Protocol,
            3 => Self::Version,
            4 => Self::Limit,
            5 => Self::Tls,
            _ => Self::Unknown,
        }
    }
}

impl Header {
    /// A header of `facts` with nothing behind it.
    #[must_use]
    pub fn new(call_id: u32, facts: Facts) -> Self {
        Self { flags: 0, metadata_len: 0, body_len: 0, call_id, facts }
    }

    /// Bytes of the body that stand in this frame.
    #[must_use]
    pub fn body_len_here(&self) -> u32 {
        if self.flags & FLAG_IN_PARTS == 0 { self.body_len } else { 0 }
    }

    /// Bytes of the checksum behind the frame.
    pub(crate) fn checksum_len(&self) -> usize {
        if self.flags & FLAG_CHECKED == 0 { 0 } else { CHECKSUM_LEN }
    }

    /// Reads a header.
    ///
    /// # Errors
    /// [`FrameError`] where the bytes are no frame of a version and kind this code understands; a version is looked
    /// at before anything behind it.
    pub fn parse(bytes: &[u8; HEADER_LEN]) -> Result<Self, FrameError> {
        let fields = Fields(bytes);
        if bytes[..2] != MAGIC {
            return Err(FrameError::NotSvrkit { start: fields.at::<8>(0) });
        }
        let (version, kind) = (bytes[2], bytes[3]);
        let is_hello = kind == KIND_HELLO && version == VERSION_OF_HELLO;
        if version != VERSION && !is_hello {
            return Err(FrameError::Version { found: version });
        }
        let flags = fields.u16(4);
        let unknown = flags & FLAGS_CRITICAL & !flags_of(kind);
        if unknown != 0 {
            return Err(FrameError::UnknownFlags { flags: unknown });
        }
        let facts = match kind {
            KIND_HELLO if is_hello => Facts::Hello { version_min: bytes[16], version_max: bytes[17] },
            KIND_REQUEST => Facts::Request(RequestFacts {
                service_id: fields.u32(16),
                method_id: fields.u16(20),
                priority: Priority { class: bytes[22], rank: bytes[23] },
                remaining_us: fields.u32(24),
                route_hash: fields.u32(28),
            }),
            KIND_RESPONSE => Facts::Response(fields.response()),
            KIND_CANCEL => Facts::Cancel,
            KIND_GOAWAY => Facts::Goaway { reason: GoawayReason::from_number(bytes[16]) },
            KIND_PING => Facts::Ping(fields.u64(16)),
            KIND_PONG => Facts::Pong(fields.u64(16)),
            KIND_MESSAGE => Facts::Message,
            KIND_END => Facts::End(fields.response()),
            KIND_CREDIT => Facts::Credit(fields.u32(16)),
            KIND_PART => Facts::Part,
            _ if flags & FLAG_SKIPPABLE != 0 => Facts::Skippable(kind),
            _ => return Err(FrameError::UnknownKind { kind }),
        };
        Ok(Self {
            flags,
            metadata_len: fields.u16(6),
            body_len: fields.u32(8),
            call_id: fields.u32(12),
            facts,
        })
    }

    /// Writes the header.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &MAGIC);
        put(4, &self.flags.to_le_bytes());
        put(6, &self.metadata_len.to_le_bytes());
        put(8, &self.body_len.to_le_bytes());
        put(12, &self.call_id.to_le_bytes());
        let kind = match &self.facts {
            Facts::Hello { version_min, version_max } => {
                put(16, &[*version_min, *version_max]);
                KIND_HELLO
            }
            Facts::Request(request) => {
                put(16, &request.service_id.to_le_bytes());
                put(20, &request.method_id.to_le_bytes());
                put(22, &[request.priority.class, request.priority.rank]);
                put(24, &request.remaining_us.to_le_bytes());
                put(28, &request.route_hash.to_le_bytes());
                KIND_REQUEST
            }
            Facts::Response(response) | Facts::End(response) => {
                put(16, &[response.code, response.cause, response.party, response.retry]);
                let mark = |is_set, mark| if is_set { mark } else { 0 };
                let marks = mark(response.degraded, MARK_DEGRADED) | mark(response.last_good, MARK_LAST_GOOD);
                put(20, &[response.level.class, response.level.rank, response.layer, marks]);
                put(24, &response.retry_after_ms.to_le_bytes());
                put(28, &response.error_code.to_le_bytes());
                if matches!(self.facts, Facts::End(_)) { KIND_END } else { KIND_RESPONSE }
            }
            Facts::Cancel => KIND_CANCEL,
            Facts::Goaway { reason } => {
                put(16, &[reason.number()]);
                KIND_GOAWAY
            }
            Facts::Ping(token) => {
                put(16, &token.to_le_bytes());
                KIND_PING
            }
            Facts::Pong(token) => {
                put(16, &token.to_le_bytes());
                KIND_PONG
            }
            Facts::Message => KIND_MESSAGE,
            Facts::Credit(bytes) => {
                put(16, &bytes.to_le_bytes());
                KIND_CREDIT
            }
            Facts::Part => KIND_PART,
            Facts::Skippable(kind) => *kind,
        };
        let version = if kind == KIND_HELLO { VERSION_OF_HELLO } else { VERSION };
        put(2, &[version, kind]);
        bytes
    }
}

/// The flags that a frame of this kind may have and its receiver must understand.
fn flags_of(kind: u8) -> u16 {
    const BODY: u16 = FLAG_IN_PARTS | if cfg!(feature = "compression") { FLAG_COMPRESSED } else { 0 };
    const ANY: u16 = if cfg!(feature = "checksum") { FLAG_CHECKED } else { 0 };
    match kind {
        KIND_REQUEST => FLAG_ONEWAY | FLAG_STREAM | BODY | ANY,
        KIND_RESPONSE => BODY | ANY,
        KIND_MESSAGE => FLAG_PACKED | BODY | ANY,
        KIND_HELLO => 0,
        _ => ANY,
    }
}

/// Little-endian numbers at fixed offsets; the offsets are constants below 32.
struct Fields<'a>(&'a [u8; HEADER_LEN]);

impl Fields<'_> {
    fn at<const N: usize>(&self, offset: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.0[offset..offset + N]);
        bytes
    }

    fn response(&self) -> ResponseFacts {
        ResponseFacts {
            code: self.0[16],
            cause: self.0[17],
            party: self.0[18],
            retry: self.0[19],
            level: Priority { class: self.0[20], rank: self.0[21] },
            layer: self.0[22],
            degraded: self.0[23] & MARK_DEGRADED != 0,
            last_good: self.0[23] & MARK_LAST_GOOD != 0,
            retry_after_ms: self.u32(24),
            error_code: self.u32(28),
        }
    }

    fn u16(&self, offset: usize) -> u16 {
        u16::from_le_bytes(self.at(offset))
    }

    fn u32(&self, offset: usize) -> u32 {
        u32::from_le_bytes(self.at(offset))
    }

    fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.at(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_as_far_as_there_is_room_for_it_and_never_as_none() {
        let longest = Duration::from_micros(0xffff_fffe);
        assert_eq!(longest.as_secs(), 71 * 60 + 34);
        let microsecond = Duration::from_micros(1);
        for (remaining, told) in [
            (Duration::ZERO, Duration::ZERO),
            (Duration::from_nanos(1999), microsecond),
            (longest - microsecond, longest - microsecond),
            (longest, longest),
            (longest + microsecond, longest),
            (longest + 2 * microsecond, longest),
            (Duration::from_secs(24 * 60 * 60), longest),
            (Duration::MAX, longest),
        ] {
            let remaining_us = RequestFacts::remaining_us_of(remaining);
            let facts = RequestFacts { remaining_us, ..RequestFacts::default() };
            assert_eq!(facts.remaining(), Some(told), "{remaining:?}");
        }
    }

    fn hex(text: &str) -> [u8; HEADER_LEN] {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        bytes.try_into().unwrap()
    }

    #[track_caller]
    fn check(header: &Header, bytes: &str) {
        assert_eq!(header.to_bytes(), hex(bytes));
        assert_eq!(Header::parse(&hex(bytes)).as_ref(), Ok(header));
    }

    #[test]
    fn each_kind_has_its_bytes() {
        let request = RequestFacts {
            service_id: 310,
            method_id: 2,
            priority: Priority { class: 64, rank: 9 },
            remaining_us: 300_000,
            route_hash: 0xdead_beef,
        };
        let response = ResponseFacts {
            code: 8,
            cause: 3,
            party: 3,
            retry: 3,
            level: Priority { class: 128, rank: 17 },
            layer: 5,
            degraded: true,
            last_good: false,
            retry_after_ms: 20,
            error_code: 1001,
        };
        check(
            &Header { body_len: 5, ..Header::new(0, Facts::Hello { version_min: 1, version_max: 3 }) },
            "f753 00 01 0000 0000 05000000 00000000 0103 0000 00000000 00000000 00000000",
        );
        check(
            &Header { metadata_len: 3, body_len: 258, ..Header::new(7, Facts::Request(request)) },
            "f753 01 02 0000 0300 02010000 07000000 36010000 0200 40 09 e0930400 efbeadde",
        );
        check(
            &Header { flags: FLAG_ONEWAY, ..Header::new(7, Facts::Request(request)) },
            "f753 01 02 0100 0000 00000000 07000000 36010000 0200 40 09 e0930400 efbeadde",
        );
        check(
            &Header::new(7, Facts::Response(response)),
            "f753 01 03 0000 0000 00000000 07000000 08030303 80110501 14000000 e9030000",
        );
        check(
            &Header::new(7, Facts::Cancel),
            "f753 01 04 0000 0000 00000000 07000000 00000000 00000000 00000000 00000000",
        );
        check(
            &Header::new(0, Facts::Goaway { reason: GoawayReason::Draining }),
            "f753 01 05 0000 0000 00000000 00000000 01000000 00000000 00000000 00000000",
        );
        check(
            &Header::new(0, Facts::Ping(0x0102_0304_0506_0708)),
            "f753 01 06 0000 0000 00000000 00000000 08070605 04030201 00000000 00000000",
        );
        check(
            &Header::new(0, Facts::Pong(1)),
            "f753 01 07 0000 0000 00000000 00000000 01000000 00000000 00000000 00000000",
        );
        check(
            &Header {
                flags: FLAG_STREAM | FLAG_IN_PARTS,
                body_len: 65_537,
                ..Header::new(7, Facts::Request(request))
            },
            "f753 01 02 0600 0000 01000100 07000000 36010000 0200 40 09 e0930400 efbeadde",
        );
        check(
            &Header { body_len: 64, ..Header::new(7, Facts::Message) },
            "f753 01 08 0000 0000 40000000 07000000 00000000 00000000 00000000 00000000",
        );
        check(
            &Header { flags: FLAG_IN_PARTS, body_len: 65_537, ..Header::new(7, Facts::Message) },
            "f753 01 08 0400 0000 01000100 07000000 00000000 00000000 00000000 00000000",
        );
        check(
            &Header { flags: FLAG_PACKED, body_len: 64, ..Header::new(7, Facts::Message) },
            "f753 01 08 2000 0000 40000000 07000000 00000000 00000000 00000000 00000000",
        );
        check(
            &Header::new(7, Facts::End(response)),
            "f753 01 09 0000 0000 00000000 07000000 08030303 80110501 14000000 e9030000",
        );
        check(
            &Header::new(7, Facts::Credit(131_072)),
            "f753 01 0a 0000 0000 00000000 07000000 00000200 00000000 00000000 00000000",
        );
        check(
            &Header { body_len: 65_536, ..Header::new(7, Facts::Part) },
            "f753 01 0b 0000 0000 00000100 07000000 00000000 00000000 00000000 00000000",
        );
        check(
            &Header { flags: FLAG_SKIPPABLE, ..Header::new(0, Facts::Skippable(99)) },
            "f753 01 63 0001 0000 00000000 00000000 00000000 00000000 00000000 00000000",
        );
    }

    #[track_caller]
    fn refused(bytes: &str, expected: FrameError) {
        assert_eq!(Header::parse(&hex(bytes)), Err(expected));
    }

    #[test]
    fn strange_headers_are_refused_by_name() {
        let rest = "0000 00000000 00000000 00000000 00000000 00000000 00000000";
        refused(
            "4745 5420 2f20 4854 54502f312e310d0a 0000000000000000 0000000000000000",
            FrameError::NotSvrkit { start: *b"GET / HT" },
        );
        refused(&format!("f753 09 02 0000 {rest}"), FrameError::Version { found: 9 });
        refused(&format!("f753 01 63 0000 {rest}"), FrameError::UnknownKind { kind: 0x63 });
        refused(&format!("f753 01 02 2100 {rest}"), FrameError::UnknownFlags { flags: 0x20 });
        refused(&format!("f753 01 03 2000 {rest}"), FrameError::UnknownFlags { flags: 0x20 });
        refused(&format!("f753 01 03 0100 {rest}"), FrameError::UnknownFlags { flags: 1 });
        refused(&format!("f753 01 08 0600 {rest}"), FrameError::UnknownFlags { flags: 2 });
        refused(&format!("f753 01 0b 0400 {rest}"), FrameError::UnknownFlags { flags: 4 });
        // A hello that claims a version has a layout nobody knows.
        refused(&format!("f753 01 01 0000 {rest}"), FrameError::UnknownKind { kind: 1 });
        refused(&format!("f753 00 02 0000 {rest}"), FrameError::Version { found: 0 });
    }

    #[test]
    fn unknown_marks_of_a_response_are_ignored() {
        let parsed = |marks| {
            let text =
                format!("f753 01 03 0000 0000 00000000 07000000 00000000 000000{marks} 00000000 00000000");
            match Header::parse(&hex(&text)).unwrap().facts {
                Facts::Response(response) => (response.degraded, response.last_good),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!((parsed("fc"), parsed("fd")), ((false, false), (true, false)));
        assert_eq!((parsed("fe"), parsed("ff")), ((false, true), (true, true)));
    }

    #[test]
    fn unknown_flags_of_the_high_byte_are_ignored() {
        let bytes = hex("f753 01 04 0080 0000 00000000 07000000 00000000 00000000 00000000 00000000");
        assert_eq!(Header::parse(&bytes).unwrap().facts, Facts::Cancel);
    }
}
