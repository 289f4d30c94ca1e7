//! Calls that are cancelled as soon as they are sent (CVE-2023-44487).

use svrkit_runtime::wire::frame::{Facts, Header};

use super::{Attack, Expected};
use crate::raw::{attack, frame};
use crate::support::request_header;

pub(super) const ATTACK: Attack = Attack {
    row: "A2",
    what: "calls that are cancelled as soon as they are sent",
    expected: Expected::Cut(&["flood.frames"]),
    run: |address, size| {
        Box::pin(async move {
            let mut ends = Vec::new();
            for _ in 0..size.div_ceil(1000) {
                let mut call_id = 0;
                let pairs = move || {
                    let pair = (0..100).flat_map(|_| {
                        call_id += 1;
                        [
                            frame(request_header(call_id, 4), &[], &[]),
                            frame(Header::new(call_id, Facts::Cancel), &[], &[]),
                        ]
                    });
                    Some(pair.flatten().collect())
                };
                ends.push(attack(address, pairs).await);
            }
            ends
        })
    },
};
