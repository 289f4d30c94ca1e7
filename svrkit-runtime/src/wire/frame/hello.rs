//! The hello: each side's first frame, in which it says who it is and what it takes.
//!
//! The header's layout is frozen for ever (version byte 0); the body, a [`Hello`](super::Hello), is TLV and grows by new
//! tags.

use super::header::{Facts, Header, VERSION};

/// Longest hello taken, in bytes, whatever `message.in` says: some hundred services fit.
pub const HELLO_LEN_MAX: u32 = 64 * 1024;

/// Longest name of a side in its hello, in bytes; what is beyond is cut off.
pub const HELLO_NAME_LEN_MAX: usize = 256;

/// A feature of a hello: its sender takes bodies in parts ([`FLAG_IN_PARTS`](super::FLAG_IN_PARTS)).
pub const FEATURE_PARTS: u64 = 1;

/// A feature of a hello: its sender takes compressed bodies ([`FLAG_COMPRESSED`](super::FLAG_COMPRESSED)), and sends them to who does.
pub const FEATURE_COMPRESSION: u64 = 2;

/// A feature of a hello: its sender takes frames with checksums ([`FLAG_CHECKED`](super::FLAG_CHECKED)), and sends them to who does.
pub const FEATURE_CHECKSUMS: u64 = 4;

/// A feature of a hello: its sender takes several messages of a stream in a frame ([`FLAG_PACKED`](super::FLAG_PACKED)).
pub const FEATURE_PACKS: u64 = 8;

/// The versions this side speaks, as a hello says them.
#[must_use]
pub fn hello_header() -> Header {
    Header::new(0, Facts::Hello { version_min: VERSION, version_max: VERSION })
}

/// The highest version both sides speak, if there is one.
#[must_use]
pub fn common_version(theirs_min: u8, theirs_max: u8) -> Option<u8> {
    (theirs_min <= VERSION && VERSION <= theirs_max).then_some(VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_meet_only_where_the_ranges_do() {
        for (min, max, expected) in
            [(1, 1, Some(1)), (1, 9, Some(1)), (0, 1, Some(1)), (2, 9, None), (0, 0, None)]
        {
            assert_eq!(common_version(min, max), expected, "{min}..={max}");
        }
    }
}
