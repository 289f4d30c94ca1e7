//! A12: a message that comes again and again is merged at a cost that grows with the bytes, not with their square.

use svrkit_runtime::wire::tlv::{DecodeLimits, Tlv};

use crate::bombs::MERGES;
use crate::heap::{Taken, taken};
use crate::target::Target;

/// Counted, since time would tell another story on each machine: what is asked of the heap, and what is copied there.
/// Instructions can be counted too: `examples/hostile.rs` under callgrind.
#[test]
fn twice_the_bytes_are_twice_the_work() {
    for bomb in MERGES {
        let work = |len: usize| -> Taken {
            let bytes = (bomb.bytes)(len);
            // As if there were no limit: how the work grows is what is asked here.
            let limits = DecodeLimits { memory: usize::MAX / 2, ..DecodeLimits::default() };
            let (decoded, taken) = taken(|| Target::decode_with(&bytes, &limits));
            assert!(decoded.is_ok(), "{}: {:?}", bomb.name, decoded.err());
            taken
        };
        let (once, eight_times) = (work(50_000), work(400_000));
        // Room that doubles may have doubled just now.
        let is_linear = |once: usize, eight_times: usize| eight_times <= 16 * once + 10_000;
        assert!(is_linear(once.moved, eight_times.moved), "{}: {once:?}, {eight_times:?}", bomb.name);
        assert!(
            is_linear(once.allocations, eight_times.allocations),
            "{}: {once:?}, {eight_times:?}",
            bomb.name
        );
        assert!(is_linear(once.peak, eight_times.peak), "{}: {once:?}, {eight_times:?}", bomb.name);
    }
}

#[test]
fn a_message_repeated_a_million_times_is_one_message() {
    let bytes = (MERGES[0].bytes)(2_000_000);
    let (decoded, taken) = taken(|| Target::decode(&bytes));
    assert_eq!(decoded.unwrap().encode().unwrap(), [0x0a, 0x00]);
    assert_eq!(taken.allocations, 1, "{taken:?}");
}
