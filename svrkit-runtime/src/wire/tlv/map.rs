//! Maps: one record for each entry, a message of a key (tag 1) and a value (tag 2).
//!
//! Both are always written, and either that is missing reads as its default. The last entry of a key wins; what else
//! stands in an entry is dropped, as every protobuf library does it. An entry is a level of depth.
//!
//! A `BTreeMap` is written in the order of its keys, so equal maps have equal bytes; a `HashMap` in no particular one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash};

use super::{
    DecodeError, Decoder, Encoding, Entries, EntryViews, Field, FieldForm, Fixed, Key, Kind, Place, Plain,
    Run, Source, Value, Violations, Zigzag, backward,
};

/// A type that a map may have as its key, in the encoding `E`: `bool`, integers, text.
///
/// Enums, floats, bytes and messages are none, as in protobuf.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a TLV map in the encoding `{E}`",
    label = "not a key",
    note = "keys are bool, u32, u64, i32, i64 and String; `key = zigzag` is for i32 and i64, `key = fixed` for all four integers"
)]
pub trait MapKey<E: Encoding>: Value<E> + Ord + Hash + Debug {}

impl MapKey<Plain> for bool {}
impl MapKey<Plain> for u32 {}
impl MapKey<Plain> for u64 {}
impl MapKey<Plain> for i32 {}
impl MapKey<Plain> for i64 {}
impl MapKey<Plain> for String {}
impl MapKey<Zigzag> for i32 {}
impl MapKey<Zigzag> for i64 {}
impl MapKey<Fixed> for u32 {}
impl MapKey<Fixed> for u64 {}
impl MapKey<Fixed> for i32 {}
impl MapKey<Fixed> for i64 {}

impl<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> Field<Entries<KE, VE>> for BTreeMap<K, V> {
    type Item = V;
    type Inside = V::Inside;

    const FORM: FieldForm = FieldForm::Map { key: K::FORM, value: V::FORM };
    const KIND: Kind = Kind::Prefixed;

    fn encode_field<'b>(&self, record: Key, mut free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        for (key, value) in self.iter().rev() {
            free = encode_entry(key, value, record, free)?;
        }
        Some(free)
    }

    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let (key, value) = read_entry(decoder)?;
        let len = self.len();
        match self.entry(key) {
            Entry::Occupied(mut entry) => drop(entry.insert(value)),
            Entry::Vacant(entry) => {
                decoder.charge(tree_growth::<K, V>(len))?;
                entry.insert(value);
            }
        }
        Ok(())
    }

    type Part<'a> = Run<'a>;
    type Seen<'a> = EntryViews<'a, K, V, KE, VE>;

    #[inline]
    fn keep<'a>(part: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        part.keep(key, decoder)
    }

    #[inline]
    fn see<'a>(part: Run<'a>, source: &Source<'a>, place: &'static Place) -> Self::Seen<'a> {
        EntryViews::new(&part, source, place)
    }

    fn check_each(&self, violations: &mut Violations, check: impl FnMut(&V, &mut Violations)) {
        check_each(self, violations, check);
    }

    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        check(self, violations);
    }
}

impl<K, V, S, KE, VE> Field<Entries<KE, VE>> for HashMap<K, V, S>
where
    K: MapKey<KE>,
    V: Value<VE>,
    S: BuildHasher,
    KE: Encoding,
    VE: Encoding,
{
    type Item = V;
    type Inside = V::Inside;

    const FORM: FieldForm = FieldForm::Map { key: K::FORM, value: V::FORM };
    const KIND: Kind = Kind::Prefixed;

    fn encode_field<'b>(&self, record: Key, mut free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        for (key, value) in self {
            free = encode_entry(key, value, record, free)?;
        }
        Some(free)
    }

    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let (key, value) = read_entry(decoder)?;
        let capacity = self.capacity();
        if self.len() < capacity {
            self.insert(key, value);
            return Ok(());
        }
        // All of it: old and new are held together while the entries move.
        decoder.charge(table_len::<K, V>(capacity.saturating_add(1)))?;
        self.insert(key, value);
        if capacity > 0 {
            decoder.give_back(table_len::<K, V>(capacity));
        }
        Ok(())
    }

    type Part<'a> = Run<'a>;
    type Seen<'a> = EntryViews<'a, K, V, KE, VE>;

    #[inline]
    fn keep<'a>(part: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        part.keep(key, decoder)
    }

    #[inline]
    fn see<'a>(part: Run<'a>, source: &Source<'a>, place: &'static Place) -> Self::Seen<'a> {
        EntryViews::new(&part, source, place)
    }

    fn check_each(&self, violations: &mut Violations, check: impl FnMut(&V, &mut Violations)) {
        check_each(self, violations, check);
    }

    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        check(self, violations);
    }
}

/// Without a word about encodings, both are plain.
macro_rules! plain {
    ($($map:ty, [$($hasher:tt)*];)*) => {$(
        impl<K: MapKey<Plain>, V: Value<Plain>, $($hasher)*> Field<Plain> for $map {
            type Item = V;
            type Inside = V::Inside;

            const FORM: FieldForm = FieldForm::Map { key: K::FORM, value: V::FORM };
            const KIND: Kind = Kind::Prefixed;

            #[inline]
            fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                Field::<Entries>::encode_field(self, key, free)
            }

            #[inline]
            fn merge_field(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                Field::<Entries>::merge_field(self, key, decoder)
            }

            type Part<'a> = Run<'a>;
            type Seen<'a> = EntryViews<'a, K, V>;

            #[inline]
            fn keep<'a>(part: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
                part.keep(key, decoder)
            }

            #[inline]
            fn see<'a>(part: Run<'a>, source: &Source<'a>, place: &'static Place) -> Self::Seen<'a> {
                EntryViews::new(&part, source, place)
            }

            fn check_each(&self, violations: &mut Violations, check: impl FnMut(&V, &mut Violations)) {
                check_each(self, violations, check);
            }

            #[inline]
            fn check_field(&self, violations: &mut Violations) {
                Field::<Entries>::check_field(self, violations);
            }
        }
    )*};
}

plain! {
    BTreeMap<K, V>, [];
    HashMap<K, V, S>, [S: BuildHasher];
}

#[inline]
fn encode_entry<'b, K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding>(
    key: &K,
    value: &V,
    record: Key,
    free: &'b mut [u8],
) -> Option<&'b mut [u8]> {
    let free_len = free.len();
    let free = value.encode_keyed(Key::new(2, V::KIND), free)?;
    let free = key.encode_keyed(Key::new(1, K::KIND), free)?;
    let len = free_len - free.len();
    backward::key_and_len(free, record, len)
}

fn read_entry<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding>(
    decoder: &mut Decoder<'_>,
) -> Result<(K, V), DecodeError> {
    decoder.charge(K::HEAP_LEN + V::HEAP_LEN)?;
    let (mut key, mut value) = (K::default(), V::default());
    decoder.deeper(|decoder| {
        // As every encoder writes it.
        if decoder.take_key(Key::new(1, K::KIND)) {
            key.merge_value(decoder)?;
        }
        if decoder.take_key(Key::new(2, V::KIND)) {
            value.merge_value(decoder).map_err(|error| error.in_entry(&key))?;
        }
        while let Some(next) = decoder.key()? {
            if next == Key::new(1, K::KIND) {
                key.merge_value(decoder)?;
            } else if next == Key::new(2, V::KIND) {
                value.merge_value(decoder).map_err(|error| error.in_entry(&key))?;
            } else {
                decoder.skip(next)?;
            }
        }
        Ok(())
    })?;
    Ok((key, value))
}

#[inline]
fn check<'m, K: MapKey<KE> + 'm, V: Value<VE> + 'm, KE: Encoding, VE: Encoding>(
    entries: impl IntoIterator<Item = (&'m K, &'m V)>,
    violations: &mut Violations,
) {
    // Numbers have nothing below them.
    if V::KIND == Kind::Prefixed {
        check_each(entries, violations, V::check_value);
    }
}

fn check_each<'m, K: Debug + 'm, V: 'm>(
    entries: impl IntoIterator<Item = (&'m K, &'m V)>,
    violations: &mut Violations,
    mut check: impl FnMut(&V, &mut Violations),
) {
    for (key, value) in entries {
        let mark = violations.mark();
        check(value, violations);
        violations.in_entry(mark, key);
    }
}

/// Entries in a node of a `BTreeMap`, at least five of them in use in all nodes but the root.
const NODE_ENTRIES: usize = 11;
const NODE_ENTRIES_MIN: usize = 5;
/// What a node needs beside its entries, and a node above others in addition.
const NODE_HEAD_LEN: usize = 16;
const NODE_EDGES_LEN: usize = (NODE_ENTRIES + 1) * size_of::<usize>();

/// Bytes of heap that one more entry costs a `BTreeMap` of `len`: a node for the first, then a share of one that is
/// as empty as they get.
const fn tree_growth<K, V>(len: usize) -> usize {
    let node_len = size_of::<([K; NODE_ENTRIES], [V; NODE_ENTRIES])>() + NODE_HEAD_LEN;
    // It holds pointers.
    let node_len = node_len.next_multiple_of(size_of::<usize>());
    if len == 0 { node_len } else { (node_len + NODE_EDGES_LEN).div_ceil(NODE_ENTRIES_MIN) }
}

/// A table has a power of two of places, of which an eighth stays free, a byte beside each, and a group of bytes behind.
const fn table_len<K, V>(capacity: usize) -> usize {
    let entry_len = size_of::<(K, V)>();
    let places_min = if entry_len < 4 { 16 } else { 4 };
    let places = capacity.saturating_mul(8).div_ceil(7).next_power_of_two();
    let places = if places < places_min { places_min } else { places };
    places.saturating_mul(entry_len + 1).saturating_add(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_charged_as_many_places_as_it_takes() {
        let mut map = HashMap::<u64, [u64; 3]>::new();
        let mut charged = 0;
        for key in 0..5_000 {
            if map.len() == map.capacity() {
                charged = table_len::<u64, [u64; 3]>(map.capacity() + 1);
            }
            map.insert(key, [key; 3]);
            // As many places as the capacity says, each a byte longer than its entry.
            let places = (map.capacity() * 8).div_ceil(7).next_power_of_two();
            assert_eq!(charged, places * 33 + 16, "{} entries", map.len());
        }
    }

    #[test]
    fn the_first_entry_of_a_tree_is_charged_a_node_and_the_next_ones_their_share() {
        assert_eq!(tree_growth::<u64, u64>(0), 11 * 16 + 16);
        assert_eq!(tree_growth::<bool, u64>(0), 16 + 11 * 8 + 16, "with the padding");
        assert_eq!(tree_growth::<bool, bool>(0), 40, "with the padding of what else is in the node");
        for len in [1, 10, 11, 1000] {
            assert_eq!(tree_growth::<u64, u64>(len), (11 * 16 + 16 + 12 * 8_usize).div_ceil(5));
        }
    }
}
