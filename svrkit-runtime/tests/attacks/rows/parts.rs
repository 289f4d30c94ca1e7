//! A body that comes byte by byte, a frame for each (RUSTSEC-2024-0332, RUSTSEC-2026-0258).

use svrkit_runtime::wire::frame::{FLAG_IN_PARTS, Facts, Header};

use super::{Attack, Expected};
use crate::raw::{attack, frame};
use crate::support::request_header;

pub(super) const ATTACK: Attack = Attack {
    row: "A4, A5",
    what: "a body of 4 MiB in parts of one byte; announced bodies of nothing with cancels",
    expected: Expected::Cut(&["flood.frames"]),
    run: |address, size| {
        Box::pin(async move {
            let mut ends = Vec::new();
            for _ in 0..size.div_ceil(1000) {
                let announced = Header { flags: FLAG_IN_PARTS, body_len: 4 << 20, ..request_header(1, 1) };
                let mut first = Some(announced.to_bytes().to_vec());
                let part = frame(Header::new(1, Facts::Part), &[], &[7]).repeat(1000);
                ends.push(attack(address, move || Some(first.take().unwrap_or(part.clone()))).await);

                let empty = Header { flags: FLAG_IN_PARTS, ..request_header(1, 1) };
                let cancel = Header::new(1, Facts::Cancel).to_bytes();
                let empty = [empty.to_bytes(), cancel].concat().repeat(500);
                ends.push(attack(address, move || Some(empty.clone())).await);
            }
            ends
        })
    },
};
