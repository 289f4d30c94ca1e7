//! Keys: the number in front of each record, `tag << 3 | kind`.

use super::{DecodeErrorKind, varint};

/// The highest tag there is: the key has to fit into 32 bits.
pub const TAG_MAX: u32 = (1 << 29) - 1;

/// The kinds that exist, one bit each: groups (3, 4) are refused, 6 and 7 were never given a meaning.
const KINDS: u8 = 0b0010_0111;

/// How the end of a value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Kind 0, a varint: integers, `bool`, enums.
    Varint = 0,
    /// Kind 1, eight bytes: `fixed64`, `sfixed64`, `f64`.
    Eight = 1,
    /// Kind 2, a length and as many bytes: text, bytes, messages, packed numbers.
    Prefixed = 2,
    /// Kind 5, four bytes: `fixed32`, `sfixed32`, `f32`.
    Four = 5,
}

/// A tag and a kind, as they stand in front of a record. Always a legal pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(u32);

impl Key {
    /// The key of a field, meant for constants.
    ///
    /// # Panics
    ///
    /// When `tag` is 0 or above [`TAG_MAX`]; in a constant that is an error of the compiler.
    // Where it is a call, each field that is written pays for it: it is asked for by each, with constants.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn new(tag: u32, kind: Kind) -> Self {
        assert!(0 < tag && tag <= TAG_MAX, "a tag lies between 1 and 536870911");
        Self(tag << 3 | kind as u32)
    }

    /// Which field the record belongs to: 1 to [`TAG_MAX`].
    #[inline]
    pub const fn tag(self) -> u32 {
        self.0 >> 3
    }

    /// How the end of the record's value is found.
    #[inline]
    pub const fn kind(self) -> Kind {
        match self.0 & 7 {
            0 => Kind::Varint,
            1 => Kind::Eight,
            2 => Kind::Prefixed,
            _ => Kind::Four,
        }
    }

    /// The number on the wire.
    pub(super) const fn number(self) -> u32 {
        self.0
    }

    /// The key as it stands on the wire, where that is one byte.
    #[inline]
    pub(super) fn byte(self) -> Option<u8> {
        u8::try_from(self.0).ok().filter(|byte| *byte < 0x80)
    }

    /// Takes one key off the front of `bytes`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), DecodeErrorKind> {
        let (number, rest) = varint::read(bytes)?;
        let is_legal = (1 << 3..=u64::from(u32::MAX)).contains(&number) && KINDS >> (number & 7) & 1 == 1;
        if is_legal { Ok((Self(number as u32), rest)) } else { Err(refusal(number)) }
    }

    /// What stands behind this key, if it stands in front of `bytes` in its shortest form.
    // Where the key is a constant this is one comparison.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn strip(self, bytes: &[u8]) -> Option<&[u8]> {
        if self.0 < 0x80 {
            return match bytes {
                [first, rest @ ..] if u32::from(*first) == self.0 => Some(rest),
                _ => None,
            };
        }
        match bytes {
            [first, second, rest @ ..]
                if self.0 < 1 << 14
                    && u16::from_le_bytes([*first, *second])
                        == u16::from_le_bytes([self.0 as u8 | 0x80, (self.0 >> 7) as u8]) =>
            {
                Some(rest)
            }
            _ => None,
        }
    }
}

#[cold]
fn refusal(number: u64) -> DecodeErrorKind {
    let tag = number >> 3;
    match u32::try_from(tag) {
        Ok(0) => DecodeErrorKind::TagZero,
        Ok(tag) if tag <= TAG_MAX => DecodeErrorKind::KindRefused { tag, kind: (number & 7) as u8 },
        _ => DecodeErrorKind::TagTooLarge { tag },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<(u32, Kind), DecodeErrorKind>) {
        let key = Key::read(bytes).map(|(key, _)| (key.tag(), key.kind()));
        assert_eq!(key, expected, "{bytes:02x?}");
    }

    #[test]
    fn legal_keys_are_read() {
        check(&[0x08], Ok((1, Kind::Varint)));
        check(&[0x09], Ok((1, Kind::Eight)));
        check(&[0x0a], Ok((1, Kind::Prefixed)));
        check(&[0x0d], Ok((1, Kind::Four)));
        check(&[0x7a], Ok((15, Kind::Prefixed)));
        check(&[0x80, 0x01], Ok((16, Kind::Varint)));
        check(&[0xfd, 0xff, 0xff, 0xff, 0x0f], Ok((TAG_MAX, Kind::Four)));
        check(&[0x8a, 0x80, 0x00], Ok((1, Kind::Prefixed)));
    }

    #[test]
    fn tags_out_of_range_are_refused() {
        check(&[0x00], Err(DecodeErrorKind::TagZero));
        check(&[0x02], Err(DecodeErrorKind::TagZero));
        check(&[0x07], Err(DecodeErrorKind::TagZero));
        check(&[0x80, 0x80, 0x80, 0x80, 0x10], Err(DecodeErrorKind::TagTooLarge { tag: 1 << 29 }));
        let all = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        check(&all, Err(DecodeErrorKind::TagTooLarge { tag: u64::MAX >> 3 }));
    }

    #[test]
    fn groups_and_unassigned_kinds_are_refused() {
        for kind in [3, 4, 6, 7] {
            check(&[0x08 | kind], Err(DecodeErrorKind::KindRefused { tag: 1, kind }));
        }
    }
}
