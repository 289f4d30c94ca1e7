//! One message in a request, a million times: it is merged (CVE-2022-3171).

use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts};

use super::{Attack, Expected};
use crate::arena::{MERGE_ID, NESTED_ID};
use crate::raw::{call, frame};

/// Tag 1, three bytes: the item 7 of tag 1.
const RECORD: &[u8] = &[0x0a, 0x02, 0x08, 0x07];

pub(super) const ATTACK: Attack = Attack {
    row: "A12",
    what: "requests of 4 MiB that hold one message a million times, each with a list that grows",
    expected: Expected::Borne,
    run: |address, size| {
        Box::pin(async move {
            let body = RECORD.repeat((4 << 20) / RECORD.len());
            let calls = size.div_ceil(200) as u32;
            let facts = RequestFacts {
                service_id: NESTED_ID,
                method_id: MERGE_ID,
                remaining_us: 60_000_000,
                ..RequestFacts::default()
            };
            let requests = (1..=calls)
                .map(|call_id| frame(Header::new(call_id, Facts::Request(facts)), &[], &body))
                .collect();
            vec![call(address, requests, |end| end.answers == calls.into()).await]
        })
    },
};
