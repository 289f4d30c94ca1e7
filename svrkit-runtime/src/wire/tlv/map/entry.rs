//! One entry on the wire: a message of a key and a value.

use super::MapKey;
use crate::wire::tlv::{DecodeError, Decoder, Encoding, Key, Value, backward};

#[inline]
pub(super) fn encode_entry<'b, K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding>(
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

pub(super) fn read_entry<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding>(
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
