//! What stands where in the file: `docs/store.md` has the same in words.

use redb::{TableDefinition, TableError, WriteTransaction};

use crate::engine::Stored;

/// What the store knows of itself: numbers of 64 bits, by name.
pub(super) const FACTS: TableDefinition<'static, &str, u64> = TableDefinition::new("svrkit");
/// The format of the file.
pub(super) const FORMAT: &str = "format";
/// The version of the last commit.
pub(super) const LAST_VERSION: &str = "last_version";
/// The format that this program writes.
pub(super) const FORMAT_NOW: u64 = 1;

/// A table of records, opened for writing.
pub(super) type Records<'t> = redb::Table<'t, &'static [u8], &'static [u8]>;

/// The engine's name of a table: none of them is one of the store's own.
pub(super) fn name_of(table: &str) -> String {
    format!("t/{table}")
}

/// A table by its engine's name.
pub(super) fn definition(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}

pub(super) fn open<'t>(transaction: &'t WriteTransaction, table: &str) -> Result<Records<'t>, TableError> {
    transaction.open_table(definition(&name_of(table)))
}

/// Before each record stand its version, 8 bytes, and the CRC-32C (RFC 3720, 12.1) of its key, its version and itself, 4 bytes, both with the lowest byte
/// first. The engine's own checksums are only looked at when a file is repaired.
const HEAD_LEN: usize = 12;

/// A record as it stands in the file.
pub(super) fn write(key: &[u8], version: u64, record: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_LEN + record.len());
    bytes.extend(version.to_le_bytes());
    bytes.extend(sum(key, version, record).to_le_bytes());
    bytes.extend(record);
    bytes
}

/// The record in these bytes. `None`: they are not what was written.
pub(super) fn read(key: &[u8], bytes: &[u8]) -> Option<Stored> {
    let (version, rest) = bytes.split_first_chunk()?;
    let (expected, record) = rest.split_first_chunk()?;
    let version = u64::from_le_bytes(*version);
    let is_whole = sum(key, version, record) == u32::from_le_bytes(*expected);
    is_whole.then(|| Stored { version, bytes: record.to_vec() })
}

fn sum(key: &[u8], version: u64, record: &[u8]) -> u32 {
    let parts = [key, &version.to_le_bytes(), record];
    parts.into_iter().fold(0, crc32c::crc32c_append)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stands_in_the_file_as_the_format_says() {
        let bytes = write(b"k", 0x0102, b"xyz");
        assert_eq!(bytes[..8], [2, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[8..12], crc32c::crc32c(b"k\x02\x01\0\0\0\0\0\0xyz").to_le_bytes());
        assert_eq!(bytes[12..], *b"xyz");
        assert_eq!(read(b"k", &bytes), Some(Stored { version: 0x0102, bytes: b"xyz".to_vec() }));
    }

    #[test]
    fn whatever_bit_is_another_one_the_record_is_not_read() {
        let bytes = write(b"key", 7, b"record");
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(b"key", &bytes), None, "bit {bit}");
        }
        assert_eq!(read(b"kez", &bytes), None, "another key's");
        for len in 0..bytes.len() {
            assert_eq!(read(b"key", &bytes[..len]), None, "{len} bytes of it");
        }
    }
}
