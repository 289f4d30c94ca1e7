//! Frames that ask for nothing but to be handled (CVE-2019-9512, CVE-2019-9515).

use svrkit_runtime::wire::frame::{FLAG_SKIPPABLE, Facts, GoawayReason, Header};

use super::{Attack, Expected};
use crate::raw::{attack, frame};

pub(super) const ATTACK: Attack = Attack {
    row: "A6",
    what: "pings, pongs, goaways, cancels of nothing, kinds that may be skipped",
    expected: Expected::Cut(&["flood.frames"]),
    run: |address, size| {
        Box::pin(async move {
            let mut ends = Vec::new();
            for _ in 0..size.div_ceil(1000) {
                for facts in [
                    Facts::Ping(7),
                    Facts::Pong(7),
                    Facts::Goaway { reason: GoawayReason::Draining },
                    Facts::Cancel,
                    Facts::Skippable(99),
                ] {
                    let call_id = if facts == Facts::Cancel { 9 } else { 0 };
                    let flags = if facts == Facts::Skippable(99) { FLAG_SKIPPABLE } else { 0 };
                    let header = Header { flags, ..Header::new(call_id, facts) };
                    let frames = frame(header, &[], &[]).repeat(1000);
                    ends.push(attack(address, move || Some(frames.clone())).await);
                }
            }
            ends
        })
    },
};
