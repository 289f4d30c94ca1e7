//! Maps: one record for each entry, a message of a key (tag 1) and a value (tag 2).
//!
//! Both are always written, and either that is missing reads as its default. The last entry of a key wins; what else
//! stands in an entry is dropped, as every protobuf library does it. An entry is a level of depth.
//!
//! A `BTreeMap` is written in the order of its keys, so equal maps have equal bytes; a `HashMap` in no particular one.

mod entry;
mod room;
mod run;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash};

use self::entry::{encode_entry, read_entry};
use self::room::tree_growth;
use super::{
    DecodeError, Decoder, Encoding, Entries, EntryViews, Field, FieldForm, Fixed, Key, Kind, Place, Plain,
    Run, Source, Value, Violations, Zigzag,
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

/// What all maps have, whatever they keep their entries in.
macro_rules! any_map {
    ($key:ty, $value:ty, $key_encoding:ty, $value_encoding:ty) => {
        type Item = $value;
        type Inside = <$value as Value<$value_encoding>>::Inside;

        const FORM: FieldForm = FieldForm::Map {
            key: <$key as Value<$key_encoding>>::FORM,
            value: <$value as Value<$value_encoding>>::FORM,
        };
        const KIND: Kind = Kind::Prefixed;

        type Part<'a> = Run<'a>;
        type Seen<'a> = EntryViews<'a, $key, $value, $key_encoding, $value_encoding>;

        #[cfg_attr(not(debug_assertions), inline(always))]
        fn keep<'a>(part: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
            part.keep(key, decoder)
        }

        #[inline]
        fn see<'a>(part: Run<'a>, source: &Source<'a>, place: &'static Place) -> Self::Seen<'a> {
            EntryViews::new(&part, source, place)
        }

        fn check_each(&self, violations: &mut Violations, check: impl FnMut(&$value, &mut Violations)) {
            check_each(self, violations, check);
        }

        #[inline]
        fn check_field(&self, violations: &mut Violations) {
            check::<$key, $value, $key_encoding, $value_encoding>(self, violations);
        }
    };
}

impl<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> Field<Entries<KE, VE>> for BTreeMap<K, V> {
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

    #[inline]
    fn merge_run(&mut self, record: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        run::merge_tree(self, record, decoder)
    }

    any_map!(K, V, KE, VE);
}

impl<K, V, S, KE, VE> Field<Entries<KE, VE>> for HashMap<K, V, S>
where
    K: MapKey<KE>,
    V: Value<VE>,
    S: BuildHasher,
    KE: Encoding,
    VE: Encoding,
{
    fn encode_field<'b>(&self, record: Key, mut free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        for (key, value) in self {
            free = encode_entry(key, value, record, free)?;
        }
        Some(free)
    }

    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let (key, value) = read_entry(decoder)?;
        run::make_room(self, 1, decoder)?;
        self.insert(key, value);
        Ok(())
    }

    #[inline]
    fn merge_run(&mut self, record: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        run::merge_table(self, record, decoder)
    }

    any_map!(K, V, KE, VE);
}

/// Without a word about encodings, both are plain.
macro_rules! plain {
    ($($map:ty, [$($hasher:tt)*];)*) => {$(
        impl<K: MapKey<Plain>, V: Value<Plain>, $($hasher)*> Field<Plain> for $map {
            any_map!(K, V, Plain, Plain);

            #[inline]
            fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                Field::<Entries>::encode_field(self, key, free)
            }

            #[inline]
            fn merge_field(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                Field::<Entries>::merge_field(self, key, decoder)
            }

            #[inline]
            fn merge_run(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                Field::<Entries>::merge_run(self, key, decoder)
            }
        }
    )*};
}

plain! {
    BTreeMap<K, V>, [];
    HashMap<K, V, S>, [S: BuildHasher];
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
