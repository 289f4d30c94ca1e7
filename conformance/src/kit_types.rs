//! Random values of the kit's own types that have a meaning: most of them sound, some not.

use svrkit_runtime::Tlv;
use svrkit_runtime::types::{
    Any, DURATION_SECONDS_MAX, Duration, FieldMask, TIMESTAMP_SECONDS_MAX, TIMESTAMP_SECONDS_MIN, Timestamp,
};

use crate::ours::conformance::every::{Inner, Lists};
use crate::random::{Random, Source};

/// Parts of a second as JSON writes them: of no digits, three, six and nine.
const NANOS: [i32; 6] = [0, 500_000_000, 1_000_000, 1_000, 1, 999_999_999];

impl Random for Timestamp {
    fn random(source: &mut Source) -> Self {
        let (any, soon) = (i64::random(source), source.below(4_000_000_000) as i64);
        let (first, last) = (TIMESTAMP_SECONDS_MIN, TIMESTAMP_SECONDS_MAX);
        let seconds = source.pick(&[0, soon, -soon, soon, first, last, first - 1, last + 1, any]);
        let nanos = source.below(1_000_000_000) as i32;
        Self { seconds, nanos: either(&NANOS, nanos, source), ..Self::default() }
    }
}

impl Random for Duration {
    fn random(source: &mut Source) -> Self {
        let (any, short) = (i64::random(source), source.below(100_000) as i64);
        let last = DURATION_SECONDS_MAX;
        let seconds = source.pick(&[0, short, -short, last, -last, last + 1, -last - 1, any]);
        let nanos = source.below(1_000_000_000) as i32;
        let nanos = either(&NANOS, nanos, source);
        // Seldom of another sign than the seconds.
        let is_negative = if source.below(10) == 0 { 0 < seconds } else { seconds < 0 };
        Self { seconds, nanos: if is_negative { -nanos } else { nanos }, ..Self::default() }
    }
}

impl Random for FieldMask {
    fn random(source: &mut Source) -> Self {
        let paths = ["id", "order_id", "order_id.line2_text", "a", "_a", "items.unit_price"];
        let paths = (0..source.below(4)).map(|_| source.pick(&paths).to_owned()).collect();
        Self { paths, ..Self::default() }
    }
}

impl Random for Any {
    fn random(source: &mut Source) -> Self {
        let (name, value) = match source.below(7) {
            0 => return Self::default(),
            // As protobuf's own peers send them.
            6 => ("google.protobuf.Duration", encoded::<Duration>(source)),
            1 => ("conformance.every.Nobody", Vec::new()),
            // None with a map, of which the order is nobody's business here.
            2 => ("conformance.every.Lists", encoded::<Lists>(source)),
            _ => ("conformance.every.Inner", encoded::<Inner>(source)),
        };
        let prefix = source.pick(&["type.googleapis.com/", "example.org/types/"]);
        Self { type_url: format!("{prefix}{name}"), value: value.into(), ..Self::default() }
    }
}

fn encoded<M: Random + Tlv>(source: &mut Source) -> Vec<u8> {
    // Far below what a message may have.
    M::random(source).encode().unwrap_or_default()
}

fn either<T: Copy>(listed: &[T], other: T, source: &mut Source) -> T {
    if source.below(2) == 0 { source.pick(listed) } else { other }
}
