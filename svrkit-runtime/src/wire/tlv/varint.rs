//! Varints: seven bits a byte, the least significant first, the top bit set on all bytes but the last.
//!
//! Eight bytes at a time where there are eight: the groups of seven bits are spread or gathered by three
//! shift-and-mask steps, without a branch for each byte. Writing is in `backward`, which has the buffer.

use super::DecodeErrorKind;

/// The most bytes a varint may take: 64 bits in groups of seven.
const LEN_MAX: usize = 10;
/// The bit that says that more bytes follow, in each byte of a word.
pub(super) const MORE: u64 = 0x8080_8080_8080_8080;

/// Takes one varint off the front of `bytes`. Zero-padding is legal up to ten bytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn read(bytes: &[u8]) -> Result<(u64, &[u8]), DecodeErrorKind> {
    match bytes {
        [first, rest @ ..] if *first < 0x80 => Ok((u64::from(*first), rest)),
        [first, second, rest @ ..] if *second < 0x80 => {
            Ok((u64::from(*first & 0x7f) | u64::from(*second) << 7, rest))
        }
        _ => {
            let (value, len) = long(bytes);
            behind(value, len, bytes)
        }
    }
}

/// The same where lengths are mixed: nothing is guessed but that one byte may do.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn read_mixed(bytes: &[u8]) -> Result<(u64, &[u8]), DecodeErrorKind> {
    if let [first, rest @ ..] = bytes
        && *first < 0x80
    {
        return Ok((u64::from(*first), rest));
    }
    let (value, len) = match bytes.first_chunk::<8>() {
        Some(word) => match from_word(*word) {
            (_, 0) => long(bytes),
            read => read,
        },
        None => long(bytes),
    };
    behind(value, len, bytes)
}

/// What was read from the first `len` bytes, 0 where nothing was, and what is left.
#[cfg_attr(not(debug_assertions), inline(always))]
fn behind(value: u64, len: usize, bytes: &[u8]) -> Result<(u64, &[u8]), DecodeErrorKind> {
    match bytes.get(len..) {
        Some(rest) if len > 0 => Ok((value, rest)),
        _ => Err(fault(bytes)),
    }
}

/// Any varint, and its length; 0 where there is none. Two numbers, which stay in registers.
#[inline(never)]
fn long(bytes: &[u8]) -> (u64, usize) {
    let Some(word) = bytes.first_chunk::<8>() else {
        return last(bytes);
    };
    match from_word(*word) {
        (_, 0) => beyond(bytes),
        read => read,
    }
}

/// The same among the last seven bytes.
// By itself, as is what is longer, so that `long` needs no place on the stack.
#[inline(never)]
fn last(bytes: &[u8]) -> (u64, usize) {
    match from_word(padded(bytes)) {
        (value, len) if len <= bytes.len() => (value, len),
        _ => (0, 0),
    }
}

/// Up to seven bytes with zeros behind, without a loop.
#[cfg_attr(not(debug_assertions), inline(always))]
fn padded(bytes: &[u8]) -> [u8; 8] {
    let len = bytes.len();
    let word = match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first))
                | u64::from(u32::from_le_bytes(*last)) << (8 * (len & 7) - 32)
        }
        _ => match bytes {
            [] => 0,
            [first, ..] => {
                let (middle, last) = (len / 2, len - 1);
                u64::from(*first)
                    | u64::from(bytes[middle]) << (8 * middle)
                    | u64::from(bytes[last]) << (8 * last)
            }
        },
    };
    word.to_le_bytes()
}

/// A varint of at most eight bytes; its length is 0 where it is longer.
#[cfg_attr(not(debug_assertions), inline(always))]
fn from_word(word: [u8; 8]) -> (u64, usize) {
    let word = u64::from_le_bytes(word);
    let ends = !word & MORE;
    if ends == 0 {
        return (0, 0);
    }
    // All bits up to and with the top bit of the varint's last byte.
    let groups = word & (ends ^ (ends - 1)) & !MORE;
    (gather(groups), (ends.trailing_zeros() as usize + 1) / 8)
}

/// Nine and ten bytes.
#[inline(never)]
fn beyond(bytes: &[u8]) -> (u64, usize) {
    let Some((word, behind)) = bytes.split_first_chunk::<8>() else {
        return (0, 0);
    };
    let low = gather(u64::from_le_bytes(*word) & !MORE);
    match behind {
        [ninth, ..] if *ninth < 0x80 => (low | u64::from(*ninth) << 56, 9),
        // Of the tenth group one bit is left: more would not fit into 64.
        [ninth, tenth, ..] if *tenth <= 1 => {
            (low | u64::from(*ninth & 0x7f) << 56 | u64::from(*tenth) << 63, 10)
        }
        _ => (0, 0),
    }
}

/// Why no varint stands in front of `bytes`.
#[cold]
fn fault(bytes: &[u8]) -> DecodeErrorKind {
    if bytes.len() < LEN_MAX { DecodeErrorKind::Truncated } else { DecodeErrorKind::VarintTooLong }
}

/// How many varints end in `bytes`.
pub(super) fn count(bytes: &[u8]) -> usize {
    // Sums of one byte for as long as they cannot overflow: sixteen lanes at a time instead of two.
    bytes
        .chunks(usize::from(u8::MAX))
        .map(|part| usize::from(part.iter().map(|byte| u8::from(*byte < 0x80)).sum::<u8>()))
        .sum()
}

/// The bytes of a varint below 2^56 as a little-endian word, and how many they are: 1 to 8.
#[inline]
pub(super) fn spread(value: u64) -> (u64, u32) {
    spread_here(value)
}

/// The same, without a call.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn spread_here(value: u64) -> (u64, u32) {
    let bits = u64::BITS - (value | 1).leading_zeros();
    // Seven bits a byte, rounded up, without a division.
    let len = (bits * 9 + 64) >> 6;
    let groups = (value & 0x0fff_ffff) | (value & 0x00ff_ffff_f000_0000) << 4;
    let groups = (groups & 0x0000_3fff_0000_3fff) | (groups & 0x0fff_c000_0fff_c000) << 2;
    let groups = (groups & 0x007f_007f_007f_007f) | (groups & 0x3f80_3f80_3f80_3f80) << 1;
    (groups | FOLLOWERS[(len & 15) as usize], len)
}

/// The bits that say that more bytes follow, for each number of bytes: the last one has no follower.
static FOLLOWERS: [u64; 16] = {
    let mut followers = [0; 16];
    let mut len = 2;
    while len <= 8 {
        followers[len] = MORE >> (64 - 8 * (len - 1));
        len += 1;
    }
    followers
};

/// The other way round: eight groups of seven bits, one a byte, become one number.
#[inline]
fn gather(groups: u64) -> u64 {
    let value = (groups & 0x007f_007f_007f_007f) | (groups & 0x7f00_7f00_7f00_7f00) >> 1;
    let value = (value & 0x0000_3fff_0000_3fff) | (value & 0x3fff_0000_3fff_0000) >> 2;
    (value & 0x0fff_ffff) | (value & 0x0fff_ffff_0000_0000) >> 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `bytes` alone and with eight bytes behind them: both ways through the reader.
    #[track_caller]
    fn check(bytes: &[u8], expected: Result<u64, DecodeErrorKind>) {
        let alone = read(bytes).map(|(value, rest)| (value, rest.len()));
        assert_eq!(alone, expected.map(|value| (value, 0)), "{bytes:02x?} alone");
        if expected == Err(DecodeErrorKind::Truncated) {
            return;
        }
        let followed = [bytes, &[0xff; 8]].concat();
        let read = read(&followed).map(|(value, rest)| (value, rest.len()));
        assert_eq!(read, expected.map(|value| (value, 8)), "{bytes:02x?} with bytes behind");
    }

    #[test]
    fn varints_of_every_length_are_read() {
        check(&[0x00], Ok(0));
        check(&[0x01], Ok(1));
        check(&[0x7f], Ok(127));
        check(&[0x80, 0x01], Ok(128));
        check(&[0xac, 0x02], Ok(300));
        check(&[0xff, 0x7f], Ok((1 << 14) - 1));
        check(&[0x80, 0x80, 0x01], Ok(1 << 14));
        check(&[0xff, 0xff, 0xff, 0xff, 0x0f], Ok(u64::from(u32::MAX)));
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], Ok((1 << 56) - 1));
        check(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], Ok(1 << 56));
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Ok(u64::MAX));
    }

    #[test]
    fn zero_padding_is_legal_up_to_ten_bytes() {
        check(&[0x81, 0x00], Ok(1));
        check(&[0x81, 0x80, 0x80, 0x00], Ok(1));
        check(&[0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Ok(1));
    }

    #[test]
    fn more_than_ten_bytes_or_64_bits_are_refused() {
        let too_long = Err(DecodeErrorKind::VarintTooLong);
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], too_long);
        check(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], too_long);
        check(&[0xff; 11], too_long);
    }

    #[test]
    fn a_cut_varint_is_truncated() {
        for len in 0..LEN_MAX {
            check(&[0x80; LEN_MAX][..len], Err(DecodeErrorKind::Truncated));
        }
    }

    #[test]
    fn spreading_is_minimal_and_gathers_back() {
        for shift in 0..56 {
            for value in [1 << shift, (1 << shift) - 1, (1 << shift) | 1] {
                let (groups, len) = spread(value);
                let bytes = groups.to_le_bytes();
                let bytes = &bytes[..len as usize];
                check(bytes, Ok(value));
                assert!(bytes == [0] || bytes.last() != Some(&0), "{value} is padded: {bytes:02x?}");
            }
        }
    }

    #[test]
    fn ends_are_counted() {
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&[0x01, 0x80, 0x01, 0x7f, 0xff]), 3);
        assert_eq!(count(&[0x00; 1000]), 1000);
        assert_eq!(count(&[0x80; 1000]), 0);
    }
}
