//! Bytes as what a peer sends: frames of all kinds, right ones, wrong ones, and what is none.

use svrkit_runtime::wire::frame::{
    FLAG_IN_PARTS, FLAG_ONEWAY, FLAG_PACKED, FLAG_SKIPPABLE, Facts, GoawayReason, HEADER_LEN, Header,
    RequestFacts, ResponseFacts,
};

use super::ID;

/// Reads an input from its start; what is missing is zero.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken.to_vec()
    }
}

/// What an input says is sent: frames one after the other. Five bytes are a frame, and its metadata and body follow.
pub(super) fn sent(input: &[u8]) -> Vec<u8> {
    let (mut input, mut sent) = (Input(input), Vec::new());
    while !input.0.is_empty() {
        let (kind, call_id, flags, metadata_len, body_len) =
            (input.byte(), input.byte(), input.byte(), input.byte(), input.byte());
        if kind % 32 == 31 {
            // What is no frame, or a part of one.
            sent.extend(input.bytes(body_len.into()));
            continue;
        }
        let header = header(kind, call_id, flags);
        let metadata = input.bytes((metadata_len % 64).into());
        let body = input.bytes((body_len % 128).into());
        // Announced are now and then others than come.
        let announced = if flags & 0x80 == 0 { body.len() as u32 } else { u32::from(body_len) * 257 };
        let header = Header { metadata_len: metadata.len() as u16, body_len: announced, ..header };
        let len = if flags & 0x40 == 0 { HEADER_LEN } else { HEADER_LEN / 2 };
        sent.extend_from_slice(&header.to_bytes()[..len]);
        sent.extend(metadata);
        sent.extend(body);
    }
    sent
}

fn header(kind: u8, call_id: u8, flags: u8) -> Header {
    let request = |method_id| RequestFacts {
        service_id: ID,
        method_id,
        remaining_us: if flags & 0x20 == 0 { 1_000_000 } else { 10 },
        ..RequestFacts::default()
    };
    let facts = match kind % 16 {
        0..=2 => Facts::Request(request(1)),
        3 => Facts::Request(request(2)),
        4 => Facts::Request(request(u16::from(flags))),
        5 => Facts::Request(RequestFacts { service_id: u32::from(flags), ..request(1) }),
        6 => Facts::Cancel,
        7 => Facts::Ping(u64::from(flags)),
        8 => Facts::Pong(u64::from(flags)),
        9 => Facts::Part,
        10 => Facts::Goaway { reason: GoawayReason::Draining },
        11 => Facts::Response(ResponseFacts { code: flags % 17, ..ResponseFacts::default() }),
        12 => Facts::Hello { version_min: flags & 3, version_max: flags & 7 },
        13 => Facts::Skippable(flags),
        14 => Facts::Message,
        _ => Facts::Credit(u32::from(flags)),
    };
    let mut header = Header::new(u32::from(call_id % 8), facts);
    if header.facts == Facts::Message && flags & 8 != 0 {
        header.flags |= FLAG_PACKED;
    }
    for (bit, flag) in [(1, FLAG_ONEWAY), (2, FLAG_IN_PARTS), (4, FLAG_SKIPPABLE)] {
        // A handler that waits for ever, and nobody for it, would stay.
        let waits_alone = flag == FLAG_ONEWAY && kind % 16 == 3;
        if flags & bit != 0 && !waits_alone {
            header.flags |= flag;
        }
    }
    header
}
