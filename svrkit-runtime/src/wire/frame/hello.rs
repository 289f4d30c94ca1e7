//! The hello: each side's first frame, in which it says who it is and what it takes.
//!
//! The header's layout is frozen for ever (version byte 0); the body is TLV and grows by new tags.

use super::header::{Facts, Header, VERSION};
use crate::wire::tlv::{Tlv, UnknownFields};

/// Body of a hello.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "svrkit.Hello")]
pub struct Hello {
    /// Who speaks: a server's or caller's own name, for logs.
    #[tlv(1)]
    pub name: String,
    /// Optional features of the frame protocol, a bit each; none is defined yet.
    #[tlv(2)]
    pub features: u64,
    /// Largest body the sender takes, in bytes; 0: it did not say.
    #[tlv(3)]
    pub message_in: u32,
    /// Largest metadata the sender takes, in bytes; 0: it did not say.
    #[tlv(4)]
    pub metadata_bytes: u32,
    /// Calls at once the sender takes on this connection; 0: it did not say.
    #[tlv(5)]
    pub calls_in_flight: u32,
    /// The services the sender answers for.
    #[tlv(6)]
    pub services: Vec<ServedService>,
    /// What a newer sender says besides.
    #[tlv(unknown)]
    pub unknown: UnknownFields,
}

/// One service in a [`Hello`].
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "svrkit.ServedService")]
pub struct ServedService {
    /// Its id.
    #[tlv(1)]
    pub id: u32,
    /// Its full name.
    #[tlv(2)]
    pub name: String,
    /// The fingerprint of its schema; 0: unknown.
    #[tlv(3, fixed)]
    pub fingerprint: u64,
    /// What a newer sender says besides.
    #[tlv(unknown)]
    pub unknown: UnknownFields,
}

/// The versions this side speaks, as a hello says them.
#[must_use]
pub fn hello_header() -> Header {
    Header::new(
        0,
        Facts::Hello {
            version_min: VERSION,
            version_max: VERSION,
        },
    )
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
        for (min, max, expected) in [
            (1, 1, Some(1)),
            (1, 9, Some(1)),
            (0, 1, Some(1)),
            (2, 9, None),
            (0, 0, None),
        ] {
            assert_eq!(common_version(min, max), expected, "{min}..={max}");
        }
    }
}
