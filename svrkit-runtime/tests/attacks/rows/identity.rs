//! Ids that are no method's, or nearly one that is forbidden (CVE-2026-33186).

use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts};

use super::{Attack, Expected};
use crate::arena::{FORBIDDEN_ID, NESTED_ID};
use crate::raw::{call, frame};
use crate::support::TEST_ID;

pub(super) const ATTACK: Attack = Attack {
    row: "A15",
    what: "the ids of a method that a list forbids, and all that differ from them in one bit or one half",
    expected: Expected::Borne,
    run: |address, _| {
        Box::pin(async move {
            let services = (0..32).map(|bit| NESTED_ID ^ (1 << bit)).chain([0, NESTED_ID, TEST_ID, u32::MAX]);
            let mut ends = Vec::new();
            for service_id in services {
                let methods = (0..16).map(|bit| FORBIDDEN_ID ^ (1 << bit)).chain([0, FORBIDDEN_ID, u16::MAX]);
                let request = |(method_id, call_id)| {
                    let facts = RequestFacts {
                        service_id,
                        method_id,
                        remaining_us: 60_000_000,
                        ..RequestFacts::default()
                    };
                    frame(Header::new(call_id, Facts::Request(facts)), &[], &[])
                };
                let requests: Vec<_> = methods.zip(1..).map(request).collect();
                let answers = requests.len() as u64;
                ends.push(call(address, requests, |end| end.answers == answers).await);
            }
            ends
        })
    },
};
