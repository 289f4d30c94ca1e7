//! Messages made of any bytes: what a fuzzer changes in its bytes changes a value.

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{Bytes, Tlv, TlvEnum, UnknownFields};

use super::messages::{Empty, Hasher, Mood, OlderMood};
use super::wire;

/// Messages inside one another that are made: each may be an entry of a map as well, which is a level of its own.
const LEVELS_MAX: u32 = 16;

/// Bytes that decide. When there are no more, all is zero and empty.
pub(crate) struct Source<'a> {
    rest: &'a [u8],
    levels: u32,
}

/// A type that can be made of bytes.
pub(crate) trait Made {
    fn made(source: &mut Source<'_>) -> Self;
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, levels: 0 }
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        *first
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// Is there one more of them?
    pub(crate) fn goes_on(&mut self) -> bool {
        !self.rest.is_empty() && !self.byte().is_multiple_of(4)
    }

    /// Makes what is inside a message, unless it would be too deep.
    pub(crate) fn inside(&mut self, make: impl FnOnce(&mut Self)) {
        if self.levels < LEVELS_MAX {
            self.levels += 1;
            make(self);
            self.levels -= 1;
        }
    }

    /// A number of any length: as many bytes as the first one says.
    fn number(&mut self) -> u64 {
        let len = self.below(9);
        (0..len).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// Short ones, and some that are long enough to be shared instead of copied, read and written.
    fn bytes(&mut self) -> Vec<u8> {
        let (len, times) = match self.byte() {
            len @ 0..=199 => (usize::from(len) % 24, 1),
            times => (24, usize::from(times)),
        };
        (0..len).map(|_| self.byte()).collect::<Vec<_>>().repeat(times)
    }
}

macro_rules! made {
    ($($type:ty: |$source:ident| $value:expr;)*) => {$(
        impl Made for $type {
            fn made($source: &mut Source<'_>) -> Self {
                $value
            }
        }
    )*};
}

made! {
    bool: |source| source.byte() & 1 == 1;
    u32: |source| source.number() as u32;
    u64: |source| source.number();
    i32: |source| source.number() as i32;
    i64: |source| source.number() as i64;
    f32: |source| f32::from_bits(source.number() as u32);
    f64: |source| f64::from_bits(source.number());
    Mood: |source| Mood::from_number(i32::from(source.byte().cast_signed()));
    OlderMood: |source| OlderMood::from_number(i32::from(source.byte().cast_signed()));
    String: |source| String::from_utf8_lossy(&source.bytes()).into_owned();
    Vec<u8>: |source| source.bytes();
    Bytes: |source| Bytes::from(source.bytes());
    // Tags above those of all messages but for the last: kept records come behind the known ones in any case.
    UnknownFields: |source| {
        let tag = 5000 + source.byte() as u32;
        let record = match source.below(4) {
            0 => wire::number(tag, source.number()),
            1 => [&wire::key(tag, 1)[..], &source.number().to_le_bytes()].concat(),
            2 => wire::prefixed(tag, &source.bytes()),
            _ => [&wire::key(tag, 5)[..], &(source.number() as u32).to_le_bytes()].concat(),
        };
        Empty::decode(&record).expect("a record of an unknown tag is legal").unknown
    };
}

impl<T: Made> Made for Box<T> {
    fn made(source: &mut Source<'_>) -> Self {
        Self::new(T::made(source))
    }
}

impl<T: Made> Made for Option<T> {
    fn made(source: &mut Source<'_>) -> Self {
        source.goes_on().then(|| T::made(source))
    }
}

impl<T: Made> Made for Vec<T> {
    fn made(source: &mut Source<'_>) -> Self {
        let mut items = Self::new();
        while source.goes_on() {
            items.push(T::made(source));
        }
        items
    }
}

impl<K: Made + Ord, V: Made> Made for BTreeMap<K, V> {
    fn made(source: &mut Source<'_>) -> Self {
        Vec::made(source).into_iter().map(|Entry(key, value)| (key, value)).collect()
    }
}

impl<K: Made + Eq + std::hash::Hash, V: Made> Made for HashMap<K, V, Hasher> {
    fn made(source: &mut Source<'_>) -> Self {
        Vec::made(source).into_iter().map(|Entry(key, value)| (key, value)).collect()
    }
}

struct Entry<K, V>(K, V);

impl<K: Made, V: Made> Made for Entry<K, V> {
    fn made(source: &mut Source<'_>) -> Self {
        Self(K::made(source), V::made(source))
    }
}
