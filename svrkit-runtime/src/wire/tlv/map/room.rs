//! How many bytes of heap a map takes: what a decode is charged before it grows.

/// Entries in a node of a `BTreeMap`, at least five of them in use in all nodes but the root.
const NODE_ENTRIES: usize = 11;
const NODE_ENTRIES_MIN: usize = 5;
/// What a node needs beside its entries, and a node above others in addition.
const NODE_HEAD_LEN: usize = 16;
const NODE_EDGES_LEN: usize = (NODE_ENTRIES + 1) * size_of::<usize>();

/// Bytes of heap that one more entry costs a `BTreeMap` of `len`: a node for the first, then a share of one that is
/// as empty as they get.
pub(super) const fn tree_growth<K, V>(len: usize) -> usize {
    let node_len = size_of::<([K; NODE_ENTRIES], [V; NODE_ENTRIES])>() + NODE_HEAD_LEN;
    // It holds pointers.
    let node_len = node_len.next_multiple_of(size_of::<usize>());
    if len == 0 { node_len } else { (node_len + NODE_EDGES_LEN).div_ceil(NODE_ENTRIES_MIN) }
}

/// A list of `len` entries, and what sorting it takes beside.
pub(super) const fn list_len<K, V>(len: usize) -> usize {
    /// Up to here it is sorted where it is.
    const IN_PLACE_MAX: usize = 20;
    /// The least that is made room for when it is not.
    const SORTED_MIN: usize = 48;
    let beside = match len {
        0..=IN_PLACE_MAX => 0,
        _ if len < SORTED_MIN => SORTED_MIN,
        _ => len,
    };
    (len + beside) * size_of::<(K, V)>()
}

/// A table has a power of two of places, of which an eighth stays free, a byte beside each, and a group of bytes behind.
pub(super) const fn table_len<K, V>(capacity: usize) -> usize {
    let entry_len = size_of::<(K, V)>();
    let places_min = if entry_len < 4 { 16 } else { 4 };
    let places = capacity.saturating_mul(8).div_ceil(7).next_power_of_two();
    let places = if places < places_min { places_min } else { places };
    places.saturating_mul(entry_len + 1).saturating_add(16)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

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
