//! Metadata that are too long, or too many (CVE-2023-33953).

use svrkit_runtime::Tlv;
use svrkit_runtime::wire::frame::{Metadata, MetadataEntry};

use super::{Attack, Expected};
use crate::raw::{attack, frame};
use crate::support::request_header;

pub(super) const ATTACK: Attack = Attack {
    row: "A16",
    what: "metadata of 64 KiB, and of thousands of entries in 16 KiB, with keys that are equal and keys that are not",
    expected: Expected::Cut(&["metadata.bytes", "flood.frames"]),
    run: |address, size| {
        Box::pin(async move {
            let mut ends = Vec::new();
            let many = |key: fn(usize) -> String| {
                let entry = |number| MetadataEntry { key: key(number), ..MetadataEntry::default() };
                let mut metadata =
                    Metadata { entries: (0..1300).map(entry).collect(), ..Metadata::default() };
                while metadata.encode().unwrap().len() > 16 << 10 {
                    metadata.entries.pop();
                }
                metadata.encode().unwrap()
            };
            let too_long = frame(request_header(1, 1), &[7; u16::MAX as usize], &[]);
            for _ in 0..size.div_ceil(1000) {
                let long = too_long.clone();
                ends.push(attack(address, move || Some(long.clone())).await);
                for metadata in [many(|_| String::new()), many(|number| format!("{number:04}"))] {
                    let mut call_id = 0;
                    let requests = move || {
                        call_id += 1;
                        Some(frame(request_header(call_id, 1), &metadata, &[]))
                    };
                    ends.push(attack(address, requests).await);
                }
            }
            ends
        })
    },
};
