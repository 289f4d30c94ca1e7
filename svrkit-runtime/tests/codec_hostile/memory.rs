//! A10: whatever the bytes, a decode holds no more heap than `decode.memory`.

use svrkit_runtime::wire::tlv::{Bytes, DECODE_MEMORY_DEFAULT, DecodeErrorKind, DecodeLimits, Tlv};

use crate::bombs::{BOMBS, Bomb, MERGES};
use crate::codec::{REFUSAL_LEN_MAX, SHARE_LEN};
use crate::heap::taken;
use crate::target::Target;

/// The longest message there is by default.
const MESSAGE_LEN: usize = 4 << 20;

/// Reads under a limit; nothing else is allowed than the message, or the refusal that names the limit. Says which.
#[track_caller]
fn check(bomb: &Bomb, bytes: &[u8], memory: usize) -> bool {
    let limits = DecodeLimits { memory, ..DecodeLimits::default() };
    let (decoded, copied) = taken(|| Target::decode_with(bytes, &limits));
    let shared = Bytes::copy_from_slice(bytes);
    let (decoded_shared, sharing) = taken(|| Target::decode_shared(&shared, &limits));
    let is_read = decoded.is_ok();
    for (decoded, taken, beyond) in [(decoded, copied, 0), (decoded_shared, sharing, SHARE_LEN)] {
        let beyond = if decoded.is_ok() { beyond } else { REFUSAL_LEN_MAX };
        let name = bomb.name;
        assert!(taken.peak <= memory + beyond, "{name} under {memory}: {taken:?}, {:?}", decoded.err());
        if let Err(error) = decoded {
            assert_eq!(error.kind(), DecodeErrorKind::MemoryExceeded { limit: memory }, "{name}");
        }
    }
    is_read
}

#[test]
fn no_bomb_of_four_mebibytes_holds_more_than_the_limit() {
    for bomb in BOMBS.iter().chain(MERGES) {
        let bytes = (bomb.bytes)(MESSAGE_LEN);
        for memory in [1 << 20, DECODE_MEMORY_DEFAULT] {
            check(bomb, &bytes, memory);
        }
    }
}

#[test]
fn the_least_limit_that_is_enough_is_kept_to_the_byte() {
    for bomb in BOMBS.iter().chain(MERGES) {
        for len in [40, 2_000] {
            let bytes = (bomb.bytes)(len);
            let (mut too_little, mut enough) = (0, DECODE_MEMORY_DEFAULT);
            assert!(check(bomb, &bytes, enough), "{} of {len} bytes is refused", bomb.name);
            // What takes no heap is read with none.
            if check(bomb, &bytes, 0) {
                continue;
            }
            while enough - too_little > 1 {
                let memory = too_little.midpoint(enough);
                if check(bomb, &bytes, memory) { enough = memory } else { too_little = memory }
            }
            assert!(check(bomb, &bytes, enough) && !check(bomb, &bytes, enough - 1), "{}", bomb.name);
        }
    }
}

#[test]
fn limits_around_every_step_of_growth_are_kept() {
    for bomb in BOMBS.iter().chain(MERGES) {
        let bytes = (bomb.bytes)(600);
        for memory in (0..4_000).step_by(37) {
            check(bomb, &bytes, memory);
        }
    }
}

#[test]
fn a_shared_field_of_bytes_takes_no_heap() {
    let bytes =
        Bytes::from((BOMBS.iter().find(|it| it.name == "one field of bytes").unwrap().bytes)(MESSAGE_LEN));
    let (decoded, taken) = taken(|| Target::decode_shared(&bytes, &DecodeLimits::default()));
    assert!(decoded.is_ok());
    assert!(taken.peak <= SHARE_LEN, "{taken:?}");
}
