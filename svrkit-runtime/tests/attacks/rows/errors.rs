//! Requests that can only fail: unknown methods, bodies that are none, ids that are in use (RUSTSEC-2024-0003).

use super::{Attack, Expected};
use crate::raw::{attack, frame};
use crate::support::request_header;

pub(super) const ATTACK: Attack = Attack {
    row: "A3",
    what: "requests of unknown methods, of damaged bodies, of ids that are in use",
    expected: Expected::Cut(&["flood.frames"]),
    run: |address, size| {
        Box::pin(async move {
            let mut ends = Vec::new();
            for _ in 0..size.div_ceil(1000) {
                let unknown: fn(u32) -> Vec<u8> = |call_id| frame(request_header(call_id, 77), &[], &[]);
                let damaged: fn(u32) -> Vec<u8> = |call_id| frame(request_header(call_id, 1), &[], &[0xff]);
                let in_use: fn(u32) -> Vec<u8> = |_| frame(request_header(1, 4), &[], &[]);
                for kind in [unknown, damaged, in_use] {
                    let mut call_id = 0;
                    let requests = move || {
                        let requests = (0..100).flat_map(|_| {
                            call_id += 1;
                            kind(call_id)
                        });
                        Some(requests.collect())
                    };
                    ends.push(attack(address, requests).await);
                }
            }
            ends
        })
    },
};
