//! The rules of one tag.

use crate::attribute::Number;
use crate::faults::Faults;

pub(crate) const TAG_MAX: i128 = (1 << 29) - 1;
/// Protobuf keeps these for its own implementations.
const TAGS_RESERVED: std::ops::RangeInclusive<i128> = 19_000..=19_999;

/// The tag, if it is one.
pub(crate) fn tag(number: &Number, faults: &mut Faults) -> Option<u32> {
    let Number { value, place } = *number;
    if value == 0 {
        faults.at(place, "tag 0 does not exist, tags begin at 1");
        return None;
    }
    if !(1..=TAG_MAX).contains(&value) {
        faults.at(place, format_args!("tags lie between 1 and {TAG_MAX}"));
        return None;
    }
    if TAGS_RESERVED.contains(&value) {
        let (from, to) = (TAGS_RESERVED.start(), TAGS_RESERVED.end());
        faults.at(place, format_args!("protobuf keeps the tags {from} to {to} for itself"));
        return None;
    }
    u32::try_from(value).ok()
}

/// The lowest tag above all of `used`.
pub(crate) fn next_free(used: impl Iterator<Item = i128>) -> i128 {
    let next = used.filter(|tag| (1..TAG_MAX).contains(tag)).max().unwrap_or(0) + 1;
    if TAGS_RESERVED.contains(&next) { TAGS_RESERVED.end() + 1 } else { next }
}
