//! Calls for large answers, which their caller never reads.

use std::time::Duration;

use svrkit_runtime::Tlv;
use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::{Attack, Expected};
use crate::raw::{End, connect, frame, hello};
use crate::support::{Note, TEST_ID};

/// Of each answer, in bytes.
const ANSWER: u64 = 1 << 20;

/// While it is sent what a socket takes no more of, the server is what it is.
const PATIENCE: Duration = Duration::from_millis(200);

pub(super) const ATTACK: Attack = Attack {
    row: "A7",
    what: "calls for answers of 1 MiB on connections that read nothing",
    expected: Expected::Borne,
    run: |address, size| {
        Box::pin(async move {
            let mut held = Vec::new();
            for _ in 0..size.div_ceil(200) {
                let Ok(mut stream) = connect(address).await else { continue };
                let facts = RequestFacts { service_id: TEST_ID, method_id: 5, ..RequestFacts::default() };
                let body = Note::number(ANSWER).encode().unwrap();
                let mut bytes = hello();
                for call_id in 1..=500 {
                    let facts = RequestFacts { remaining_us: 1_000_000, ..facts };
                    bytes.extend(frame(Header::new(call_id, Facts::Request(facts)), &[], &body));
                }
                // A server that has stopped reading takes no more of it.
                let _ = timeout(PATIENCE, stream.write_all(&bytes)).await;
                held.push((stream, bytes.len() as u64));
            }
            held.into_iter().map(|(_, sent)| End { sent, ..End::default() }).collect()
        })
    },
};
