//! One request again and again, after its answer and before (ids are used anew).

use svrkit_runtime::Tlv;

use super::{Attack, Expected};
use crate::raw::{call, frame};
use crate::support::{Note, request_header};

const LAST: u32 = 6;

pub(super) const ATTACK: Attack = Attack {
    row: "A22",
    what: "one request byte by byte the same, a thousand times",
    expected: Expected::Borne,
    run: |address, size| {
        Box::pin(async move {
            let request = frame(request_header(5, 1), &[], &Note::number(7).encode().unwrap());
            let mut requests = vec![request; size];
            requests.push(frame(request_header(LAST, 1), &[], &[]));
            vec![call(address, requests, |end| end.last_answer == LAST).await]
        })
    },
};
