//! Writing from the end of a buffer towards its start.
//!
//! What is written last stands first, so a length is known when its turn comes and no size is measured ahead:
//! one pass, linear at any depth. Each function takes the free part of the buffer by value and returns what is
//! still free in front; `None` says that it did not fit. Pointer and length stay in registers that way.
//! Growing the buffer and starting over is the caller's part ([`EncodeBuffer`](super::EncodeBuffer)).
//!
//! A store of eight bytes may spill into free space: it is written over or never handed out.

use super::{Key, varint};

/// Up to here a varint is one store of eight bytes.
const WORD_MAX: u64 = (1 << 56) - 1;
/// Up to here it shares the store with a key of two bytes.
const WITH_KEY_MAX: u64 = (1 << 42) - 1;
/// The highest key of two bytes.
const SHORT_KEY_MAX: u32 = (1 << 14) - 1;

/// Free space that one write may ask for beyond what it leaves written.
pub(super) const SPILL_MAX: usize = 8;

/// Writes `bytes` as they are.
#[inline]
pub(super) fn raw<'b>(free: &'b mut [u8], bytes: &[u8]) -> Option<&'b mut [u8]> {
    let rest_len = free.len().checked_sub(bytes.len())?;
    let (rest, place) = free.split_at_mut(rest_len);
    match bytes.len() {
        0 => {}
        1..=3 => few(place, bytes)?,
        4..=7 => ends::<4>(place, bytes)?,
        8..=16 => ends::<8>(place, bytes)?,
        17..=32 => ends::<16>(place, bytes)?,
        33..=64 => ends::<32>(place, bytes)?,
        _ => place.copy_from_slice(bytes),
    }
    Some(rest)
}

/// Copies one to three bytes: the first, the last and the one between them, which may be either.
#[cfg_attr(not(debug_assertions), inline(always))]
fn few(place: &mut [u8], bytes: &[u8]) -> Option<()> {
    let (first, middle, last) = (*bytes.first()?, *bytes.get(bytes.len() / 2)?, *bytes.last()?);
    *place.first_mut()? = first;
    *place.get_mut(bytes.len() / 2)? = middle;
    *place.last_mut()? = last;
    Some(())
}

/// Copies by two stores that may overlap: most texts are short, and a call would take longer.
#[cfg_attr(not(debug_assertions), inline(always))]
fn ends<const N: usize>(place: &mut [u8], bytes: &[u8]) -> Option<()> {
    let (first, last) = (*bytes.first_chunk::<N>()?, *bytes.last_chunk::<N>()?);
    *place.first_chunk_mut::<N>()? = first;
    *place.last_chunk_mut::<N>()? = last;
    Some(())
}

/// Writes `bytes` as they are: their number is known when this is compiled.
#[inline]
pub(super) fn chunk<const N: usize>(free: &mut [u8], bytes: [u8; N]) -> Option<&mut [u8]> {
    let (rest, place) = free.split_last_chunk_mut::<N>()?;
    *place = bytes;
    Some(rest)
}

/// Writes one varint.
#[inline]
pub(super) fn varint(free: &mut [u8], value: u64) -> Option<&mut [u8]> {
    if value > WORD_MAX {
        return long_varint(free, value);
    }
    let (groups, len) = varint::spread(value);
    word(free, groups, len)
}

/// Writes a key and a varint behind it, or nothing when it is not `present`: without a branch, since whether a
/// field is there is what nobody can predict.
// Always inline: where a field is written its key is a constant, and half of this is worked out when compiling.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn varint_field(free: &mut [u8], key: Key, value: u64, present: bool) -> Option<&mut [u8]> {
    // Most numbers are small, and which are is the same from message to message.
    if value < 0x80 && key.number() < 0x80 {
        return bytes_field(free, [key.number() as u8, value as u8], present);
    }
    if value < 0x80 && key.number() <= SHORT_KEY_MAX {
        let key = [key.number() as u8 | 0x80, (key.number() >> 7) as u8];
        return bytes_field(free, [key[0], key[1], value as u8], present);
    }
    if value > WITH_KEY_MAX || key.number() > SHORT_KEY_MAX {
        return long_varint_field(free, key, value, present);
    }
    let (groups, len) = varint::spread(value);
    let (key_groups, key_len) = varint::spread(u64::from(key.number()));
    word(free, groups << (8 * key_len) | key_groups, (len + key_len) * u32::from(present))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn bytes_field<const N: usize>(free: &mut [u8], bytes: [u8; N], present: bool) -> Option<&mut [u8]> {
    *free.last_chunk_mut::<N>()? = bytes;
    let rest_len = free.len().wrapping_sub(N * usize::from(present));
    free.get_mut(..rest_len)
}

#[inline(never)]
fn long_varint_field(free: &mut [u8], key: Key, value: u64, present: bool) -> Option<&mut [u8]> {
    match present {
        true if value <= WORD_MAX => {
            let (groups, len) = varint::spread_here(value);
            self::key(word(free, groups, len)?, key)
        }
        true => self::key(long_varint(free, value)?, key),
        false => Some(free),
    }
}

/// Writes a key.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn key(free: &mut [u8], key: Key) -> Option<&mut [u8]> {
    if key.number() < 0x80 {
        return chunk(free, [key.number() as u8]);
    }
    varint(free, u64::from(key.number()))
}

/// Writes a key and a length behind it, in front of `len` bytes already written.
// Always inline: as above.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn key_and_len(free: &mut [u8], key: Key, len: usize) -> Option<&mut [u8]> {
    varint_field(free, key, len as u64, true)
}

/// The first `len` bytes of a little-endian word, at most eight, in one store.
#[inline]
fn word(free: &mut [u8], bytes: u64, len: u32) -> Option<&mut [u8]> {
    // With `len` 0 the whole store is spill.
    *free.last_chunk_mut::<8>()? = bytes.wrapping_shl(u64::BITS - 8 * len).to_le_bytes();
    // Never more than what was just written: this asks no more than the line above.
    let rest_len = free.len().wrapping_sub(len as usize);
    free.get_mut(..rest_len)
}

/// Nine and ten bytes: the highest groups first, then eight that all have a follower.
#[inline(never)]
fn long_varint(free: &mut [u8], value: u64) -> Option<&mut [u8]> {
    let free = if value >> 63 == 1 {
        chunk(free, [(value >> 56) as u8 | 0x80, 1])?
    } else {
        chunk(free, [(value >> 56) as u8])?
    };
    let (groups, _) = varint::spread_here(value & WORD_MAX);
    chunk(free, (groups | varint::MORE).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tlv::Kind;

    /// What a loop of bytes gives.
    fn bytewise(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    fn written(write: impl FnOnce(&mut [u8]) -> Option<&mut [u8]>) -> Vec<u8> {
        let mut buffer = [0; 64];
        let rest_len = write(&mut buffer).unwrap().len();
        buffer[rest_len..].to_vec()
    }

    #[test]
    fn varints_are_as_a_loop_of_bytes_writes_them() {
        for shift in 0..64 {
            for value in [1 << shift, (1 << shift) - 1, (1 << shift) | 1, u64::MAX << shift] {
                assert_eq!(written(|free| varint(free, value)), bytewise(value), "{value}");
            }
        }
    }

    #[test]
    fn keys_of_every_length_stand_before_the_value() {
        for tag in [1, 15, 16, 2047, 2048, 1 << 18, crate::wire::tlv::TAG_MAX] {
            let key = Key::new(tag, Kind::Varint);
            for value in [0, 1, 127, 128, (1 << 42) - 1, 1 << 42, u64::MAX] {
                let expected = [bytewise(u64::from(key.number())), bytewise(value)].concat();
                assert_eq!(written(|free| varint_field(free, key, value, true)), expected, "{tag} {value}");
            }
            assert_eq!(written(|free| varint_field(free, key, 0, false)), [], "{tag} is absent");
            let expected = [bytewise(u64::from(key.number())), bytewise(300)].concat();
            assert_eq!(written(|free| key_and_len(free, key, 300)), expected, "{tag} with a length");
        }
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert!(raw(&mut [0; 3], b"four").is_none());
        assert!(chunk(&mut [0; 3], *b"four").is_none());
        assert!(varint(&mut [0; 9], u64::MAX).is_none());
        assert!(varint(&mut [0; 10], u64::MAX).is_some());
    }
}
