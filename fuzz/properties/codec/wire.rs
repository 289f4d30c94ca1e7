//! Records written by hand, right and wrong ones: nothing here asks the codec.

/// A number, seven bits a byte.
pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// Tag and kind as they stand in front of a value, whether they are legal or not.
pub(crate) fn key(tag: u32, kind: u8) -> Vec<u8> {
    varint(u64::from(tag) << 3 | u64::from(kind))
}

/// A record of a varint.
pub(crate) fn number(tag: u32, number: u64) -> Vec<u8> {
    let mut record = key(tag, 0);
    record.extend(varint(number));
    record
}

/// A record with a length: text, bytes, a message, packed numbers.
pub(crate) fn prefixed(tag: u32, value: &[u8]) -> Vec<u8> {
    [&key(tag, 2)[..], &varint(value.len() as u64), value].concat()
}

/// Messages inside one another, `levels` deep, the tags taken in turn from the inside to the outside. In linear time.
pub(crate) fn nested(tags: &[u32], levels: usize) -> Vec<u8> {
    let keys: Vec<_> = tags.iter().map(|tag| key(*tag, 2)).collect();
    let mut reversed = Vec::new();
    for key in keys.iter().cycle().take(levels) {
        let len = varint(reversed.len() as u64);
        reversed.extend(len.iter().rev());
        reversed.extend(key.iter().rev());
    }
    reversed.reverse();
    reversed
}
