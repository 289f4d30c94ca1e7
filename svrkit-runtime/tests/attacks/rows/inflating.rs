//! Compressed requests that stand for 255 times their bytes, of calls that never end.

use svrkit_runtime::Tlv;
use svrkit_runtime::wire::frame::{FEATURE_COMPRESSION, FLAG_COMPRESSED, Header, Hello, hello_header};

use super::{Attack, Expected};
use crate::raw::{call_after, frame};
use crate::support::{ECHO, WAIT, request_header};

/// What each of them is when it is inflated, in bytes.
const INFLATED: usize = 1 << 20;

/// Bytes before the payload: its tag and its length.
const HEAD: [u8; 4] = [0x1a, 0xfc, 0xff, 0x3f];

/// Bytes that stand for themselves at the end of each block, as the format wants it.
const TAIL: usize = 5;

pub(super) const ATTACK: Attack = Attack {
    row: "A14",
    what: "compressed requests of 1 MiB in 4 KiB, to a method that never answers",
    expected: Expected::Borne,
    run: |address, size| {
        Box::pin(async move {
            let requests = size.min(1000) as u32;
            let body = compressed();
            let mut frames: Vec<_> = (1..=requests)
                .map(|call_id| {
                    let header = request_header(call_id, WAIT.method_id);
                    frame(Header { flags: FLAG_COMPRESSED, ..header }, &[], &body)
                })
                .collect();
            // All before it were taken or refused when it is answered.
            let last = requests + 1;
            frames.push(frame(request_header(last, ECHO.method_id), &[], &[]));
            let hello = Hello { features: FEATURE_COMPRESSION, ..Hello::default() }.encode().unwrap();
            let hello = frame(hello_header(), &[], &hello);
            vec![call_after(hello, address, frames, |end| end.last_answer == last).await]
        })
    },
};

/// A note with a payload of zeros, as one LZ4 block behind the length of what it holds.
fn compressed() -> Vec<u8> {
    let literals = [&HEAD[..], &[0]].concat();
    // One byte of it is repeated; a match of 19 and more goes on in bytes of 255.
    let more = INFLATED - literals.len() - TAIL - 19;
    let mut block = (INFLATED as u32).to_le_bytes().to_vec();
    block.push((literals.len() as u8) << 4 | 15);
    block.extend(literals);
    block.extend([1, 0]);
    block.extend(std::iter::repeat_n(255, more / 255));
    block.push((more % 255) as u8);
    block.push((TAIL as u8) << 4);
    block.extend([0; TAIL]);
    block
}
