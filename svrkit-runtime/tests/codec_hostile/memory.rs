//! A10: whatever the bytes, a decode holds no more heap than `decode.memory`.

use svrkit_runtime::wire::tlv::{
    Bytes, DECODE_MEMORY_DEFAULT, DecodeError, DecodeErrorKind, DecodeLimits, Tlv,
};

use crate::bombs::{BOMBS, Bomb, MERGES};
use crate::codec::{REFUSAL_LEN_MAX, SHARE_LEN};
use crate::heap::taken;
use crate::target::Target;

/// The longest message there is by default.
const MESSAGE_LEN: usize = 4 << 20;

/// Reads under a limit, copying or sharing; nothing else is allowed than the message, or the refusal that names the
/// limit. Says which.
#[track_caller]
fn hold(
    bomb: &Bomb,
    memory: usize,
    beyond: usize,
    decode: impl FnOnce(&DecodeLimits) -> Result<Target, DecodeError>,
) -> bool {
    let limits = DecodeLimits { memory, ..DecodeLimits::default() };
    let (decoded, taken) = taken(|| decode(&limits));
    let error = decoded.err();
    let beyond = if error.is_none() { beyond } else { REFUSAL_LEN_MAX };
    let name = bomb.name;
    assert!(taken.peak <= memory + beyond, "{name} under {memory}: {taken:?}, {error:?}");
    if let Some(error) = &error {
        assert_eq!(error.kind(), DecodeErrorKind::MemoryExceeded { limit: memory }, "{name}");
    }
    error.is_none()
}

/// Both ways; says whether copying comes to an end.
#[track_caller]
fn check(bomb: &Bomb, bytes: &Bytes, memory: usize) -> bool {
    // A clone, so that the first share is made in each.
    let shared = Bytes::copy_from_slice(bytes);
    hold(bomb, memory, SHARE_LEN, |limits| Target::decode_shared(&shared, limits));
    hold(bomb, memory, 0, |limits| Target::decode_with(bytes, limits))
}

#[test]
fn no_bomb_of_four_mebibytes_holds_more_than_the_limit() {
    for bomb in BOMBS {
        let bytes = (bomb.bytes)(MESSAGE_LEN);
        hold(bomb, DECODE_MEMORY_DEFAULT, 0, |limits| Target::decode_with(&bytes, limits));
        let bytes = Bytes::from((bomb.bytes)(MESSAGE_LEN / 8));
        hold(bomb, 1 << 20, SHARE_LEN, |limits| Target::decode_shared(&bytes, limits));
    }
}

#[test]
fn the_least_limit_that_is_enough_is_kept_to_the_byte() {
    for bomb in BOMBS.iter().chain(MERGES) {
        for len in [40, 2_000] {
            let bytes = Bytes::from((bomb.bytes)(len));
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
        let bytes = Bytes::from((bomb.bytes)(600));
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
