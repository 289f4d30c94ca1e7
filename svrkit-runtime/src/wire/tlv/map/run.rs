//! The entries of a map that stand one behind the other, as every encoder writes them: room is made once, and a tree is
//! built from sorted entries instead of being searched for each.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::MapKey;
use super::entry::read_entry;
use super::room::{list_len, table_len, tree_growth};
use crate::wire::tlv::{DecodeError, Decoder, Encoding, Entries, Field, Key, Value};

/// Bytes of entries for which room is made before they are read: what a run asks for that repeats one key.
const AHEAD_MAX: usize = 64 * 1024;

/// How many entries of the run just begun may be read before it is known how many differ.
fn ahead<K, V>(record: Key, decoder: &Decoder<'_>) -> usize {
    decoder.run_len(record).min(AHEAD_MAX / size_of::<(K, V)>().max(1))
}

/// Reads the entry just begun and those that follow it.
#[inline(never)]
pub(super) fn merge_tree<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding>(
    map: &mut BTreeMap<K, V>,
    record: Key,
    decoder: &mut Decoder<'_>,
) -> Result<(), DecodeError> {
    let len = ahead::<K, V>(record, decoder);
    if map.is_empty() && len > 1 {
        let list_len = list_len::<K, V>(len);
        decoder.charge(list_len)?;
        let mut entries = Vec::with_capacity(len);
        entries.push(read_entry::<K, V, KE, VE>(decoder)?);
        while entries.len() < len && decoder.take_key(record) {
            entries.push(read_entry(decoder)?);
        }
        decoder.charge(tree_growth::<K, V>(0) + (len - 1) * tree_growth::<K, V>(1))?;
        // The last of those with one key stays.
        *map = entries.into_iter().collect();
        decoder.give_back(list_len);
        if !decoder.take_key(record) {
            return Ok(());
        }
    }
    one_by_one::<_, Entries<KE, VE>>(map, record, decoder)
}

/// Reads the entry just begun and those that follow it.
#[inline(never)]
pub(super) fn merge_table<K, V, S, KE, VE>(
    map: &mut HashMap<K, V, S>,
    record: Key,
    decoder: &mut Decoder<'_>,
) -> Result<(), DecodeError>
where
    K: MapKey<KE>,
    V: Value<VE>,
    S: BuildHasher,
    KE: Encoding,
    VE: Encoding,
{
    make_room(map, ahead::<K, V>(record, decoder), decoder)?;
    one_by_one::<_, Entries<KE, VE>>(map, record, decoder)
}

#[inline]
fn one_by_one<M: Field<E>, E>(
    map: &mut M,
    record: Key,
    decoder: &mut Decoder<'_>,
) -> Result<(), DecodeError> {
    loop {
        map.merge_field(record, decoder)?;
        if !decoder.take_key(record) {
            return Ok(());
        }
    }
}

/// Room for `more` entries, charged before it is allocated.
#[inline]
pub(super) fn make_room<K: MapKey<KE>, V, S: BuildHasher, KE: Encoding>(
    map: &mut HashMap<K, V, S>,
    more: usize,
    decoder: &mut Decoder<'_>,
) -> Result<(), DecodeError> {
    let capacity = map.capacity();
    let wanted = map.len().saturating_add(more);
    if wanted <= capacity {
        return Ok(());
    }
    // All of it: old and new are held together while the entries move.
    let wanted = wanted.max(capacity.saturating_add(1));
    decoder.charge(table_len::<K, V>(wanted))?;
    map.reserve(wanted - map.len());
    if capacity > 0 {
        decoder.give_back(table_len::<K, V>(capacity));
    }
    Ok(())
}
