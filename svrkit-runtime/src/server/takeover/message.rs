//! What two servers say to each other when one takes over from the other.
//!
//! A header of eight bytes (`SVTK`, a kind, a version, the length of the body in two bytes, the highest first), then the body.
//! A hello has version 0 for ever and names the range that the successor speaks; what answers it has the version that was
//! chosen. Nothing here owns a socket.

use std::fmt;

/// The one version there is.
pub(super) const VERSION: u8 = 1;

pub(super) const HEADER_LEN: usize = 8;
/// Most bytes of a body: an address, or words.
pub(super) const BODY_LEN_MAX: usize = 1024;

const MAGIC: [u8; 4] = *b"SVTK";

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The successor wants to take over, and speaks these versions.
    Hello { min: u8, max: u8 },
    /// The predecessor hands over its sockets, which come with the message: the one that serves `address`, as it was given, and
    /// the one for successors.
    Sockets { address: String },
    /// The predecessor goes on by itself, and says why.
    Refused { words: String },
    /// The successor serves.
    Serving,
}

/// A header that was read: how long its body is, and of what kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    kind: u8,
    pub(super) body_len: usize,
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoMessage {
    /// They do not begin as one.
    Magic,
    /// No message has this kind in this version.
    Kind { kind: u8, version: u8 },
    /// The body is longer than one may be.
    TooLong { len: usize },
    /// The body is not one of its kind.
    Body,
}

impl fmt::Display for NoMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("it says something else"),
            Self::Kind { kind, version } => write!(f, "it sent a message {kind} of version {version}"),
            Self::TooLong { len } => {
                write!(f, "it sent a message of {len} bytes, {BODY_LEN_MAX} are the most")
            }
            Self::Body => f.write_str("it sent a message that is damaged"),
        }
    }
}

impl Message {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let range;
        let (kind, version, body): (u8, u8, &[u8]) = match self {
            Self::Hello { min, max } => {
                range = [*min, *max];
                (1, 0, &range)
            }
            Self::Sockets { address } => (2, VERSION, address.as_bytes()),
            Self::Refused { words } => (3, VERSION, words.as_bytes()),
            Self::Serving => (4, VERSION, &[]),
        };
        let body = &body[..body.len().min(BODY_LEN_MAX)];
        let len = u16::try_from(body.len()).expect("a body is at most BODY_LEN_MAX");
        [&MAGIC[..], &[kind, version], &len.to_be_bytes(), body].concat()
    }

    pub(super) fn parse(header: Header, body: &[u8]) -> Result<Self, NoMessage> {
        let text = || String::from_utf8(body.to_vec()).map_err(|_| NoMessage::Body);
        match (header.kind, body) {
            (1, [min, max]) if min <= max => Ok(Self::Hello { min: *min, max: *max }),
            (2, _) => Ok(Self::Sockets { address: text()? }),
            (3, _) => Ok(Self::Refused { words: text()? }),
            (4, []) => Ok(Self::Serving),
            _ => Err(NoMessage::Body),
        }
    }
}

impl Header {
    pub(super) fn parse(bytes: [u8; HEADER_LEN]) -> Result<Self, NoMessage> {
        let [m0, m1, m2, m3, kind, version, len @ ..] = bytes;
        if [m0, m1, m2, m3] != MAGIC {
            return Err(NoMessage::Magic);
        }
        // Whoever refuses may be of a version that is not ours.
        let is_known = match kind {
            1 => version == 0,
            2 | 4 => version == VERSION,
            3 => true,
            _ => false,
        };
        if !is_known {
            return Err(NoMessage::Kind { kind, version });
        }
        let body_len = usize::from(u16::from_be_bytes(len));
        if body_len > BODY_LEN_MAX {
            return Err(NoMessage::TooLong { len: body_len });
        }
        Ok(Self { kind, body_len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<Message, NoMessage> {
        let (header, body) = bytes.split_first_chunk().unwrap();
        let header = Header::parse(*header)?;
        assert_eq!(header.body_len, body.len());
        Message::parse(header, body)
    }

    #[track_caller]
    fn check(message: Message, bytes: &[u8]) {
        assert_eq!(message.to_bytes(), bytes);
        assert_eq!(parse(bytes), Ok(message));
    }

    #[test]
    fn messages_have_these_bytes() {
        check(Message::Hello { min: 1, max: 3 }, b"SVTK\x01\x00\x00\x02\x01\x03");
        check(Message::Sockets { address: "unix:/a".into() }, b"SVTK\x02\x01\x00\x07unix:/a");
        check(Message::Refused { words: "no".into() }, b"SVTK\x03\x01\x00\x02no");
        check(Message::Serving, b"SVTK\x04\x01\x00\x00");
    }

    #[test]
    fn what_is_no_message_is_told_by_what_is_wrong() {
        for (bytes, expected) in [
            (&b"GET / HT"[..], NoMessage::Magic),
            (b"SVTK\x05\x01\x00\x00", NoMessage::Kind { kind: 5, version: 1 }),
            (b"SVTK\x01\x01\x00\x02\x01\x01", NoMessage::Kind { kind: 1, version: 1 }),
            (b"SVTK\x04\x02\x00\x00", NoMessage::Kind { kind: 4, version: 2 }),
            (b"SVTK\x01\x00\x00\x01\x01", NoMessage::Body),
            (b"SVTK\x01\x00\x00\x02\x02\x01", NoMessage::Body),
            (b"SVTK\x02\x01\x00\x01\xff", NoMessage::Body),
            (b"SVTK\x04\x01\x00\x01x", NoMessage::Body),
            (b"SVTK\x03\x01\x04\x01", NoMessage::TooLong { len: 1025 }),
        ] {
            assert_eq!(parse(bytes), Err(expected), "{bytes:?}");
        }
        assert_eq!(
            parse(b"SVTK\x03\x09\x00\x02no"),
            Ok(Message::Refused { words: "no".into() }),
            "a refusal is understood in every version"
        );
    }

    #[test]
    fn the_longest_body_is_taken_and_a_longer_one_is_cut() {
        let longest = Message::Refused { words: "x".repeat(BODY_LEN_MAX) };
        assert_eq!(parse(&longest.to_bytes()), Ok(longest.clone()));
        let longer = Message::Refused { words: "x".repeat(BODY_LEN_MAX + 1) };
        assert_eq!(parse(&longer.to_bytes()), Ok(longest));
    }
}
