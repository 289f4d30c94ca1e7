//! A9: messages inside one another are refused beyond `decode.depth`, at the same cost however many there are.

use svrkit_runtime::wire::tlv::{DECODE_DEPTH_DEFAULT, DecodeErrorKind, DecodeLimits, Records, Tlv};

use crate::bombs::{DEPTH_UNKNOWN, DEPTHS, deep};
use crate::codec::messages::{Empty, Forgetful};
use crate::codec::wire::prefixed;
use crate::heap::taken;
use crate::target::Target;

const LEVELS: usize = 1_000_000;

#[test]
fn the_limit_is_kept_to_the_level() {
    for (name, tags) in DEPTHS {
        // As many whole turns as fit.
        let levels = DECODE_DEPTH_DEFAULT as usize / tags.len() * tags.len();
        let bytes = deep(tags, levels);
        for (depth, is_read) in [(levels as u32, true), (levels as u32 - 1, false), (0, false)] {
            let limits = DecodeLimits { depth, ..DecodeLimits::default() };
            let decoded = Target::decode_with(&bytes, &limits).map(drop).map_err(|error| error.kind());
            let refused = Err(DecodeErrorKind::DepthExceeded { limit: depth });
            assert_eq!(decoded, if is_read { Ok(()) } else { refused }, "{name} with {depth} levels");
        }
    }
}

#[test]
fn a_million_levels_take_no_more_stack_and_heap_than_seventy() {
    for (name, tags) in DEPTHS {
        let refused = DecodeErrorKind::DepthExceeded { limit: DECODE_DEPTH_DEFAULT };
        let (few, for_few) = taken(|| Target::decode(&deep(tags, 70)).unwrap_err());
        assert_eq!(few.kind(), refused, "{name}");
        let bytes = deep(tags, LEVELS);
        let (many, for_many) = taken(|| Target::decode(&bytes).unwrap_err());
        assert_eq!(many.kind(), refused, "{name}");
        assert_eq!(many.path(), few.path(), "{name}");
        assert!(for_many.stack <= for_few.stack, "{name}: {for_few:?}, {for_many:?}");
        assert!(for_many.allocations <= for_few.allocations, "{name}: {for_few:?}, {for_many:?}");
    }
}

/// Read by whoever does not know the tag, the bytes are one record.
#[test]
fn a_million_levels_that_are_skipped_are_never_entered() {
    let bytes = deep(DEPTH_UNKNOWN.1, LEVELS);
    // The bomb itself, and inside a message, an entry of a map and a member of a oneof.
    let flat = deep(DEPTH_UNKNOWN.1, 1);
    for around in [&[][..], &[1], &[2], &[12], &[13], &[2, 12], &[17]] {
        let wrapped =
            |bytes: &[u8]| around.iter().fold(bytes.to_vec(), |inside, tag| prefixed(*tag, &inside));
        let (few, for_few) = taken(|| Target::decode(&wrapped(&flat)).map(drop));
        let wrapped = wrapped(&bytes);
        let (many, for_many) = taken(|| Target::decode(&wrapped).map(drop));
        assert_eq!((few, many), (Ok(()), Ok(())), "{around:?}");
        assert!(for_many.stack <= for_few.stack, "{around:?}: {for_few:?}, {for_many:?}");
    }
    let (kept, _) = taken(|| Empty::decode(&bytes).unwrap());
    assert_eq!(kept.unknown.as_bytes(), bytes);
    let (dropped, taken_for_nothing) = taken(|| Forgetful::decode(&bytes).map(drop));
    assert_eq!((dropped, taken_for_nothing.allocations), (Ok(()), 0));
    let (count, taken_for_records) = taken(|| Records::new(&bytes).count());
    assert_eq!((count, taken_for_records.allocations), (1, 0));
}
