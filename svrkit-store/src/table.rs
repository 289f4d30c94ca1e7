//! Tables: which records, under which keys.

use std::fmt;
use std::marker::PhantomData;

/// Longest name of a table, in bytes.
pub(crate) const NAME_LEN_MAX: usize = 64;

/// A table of records `R` under keys `K`: a name in the store. It is there as soon as something is put into it.
///
/// ```
/// # use svrkit_store::Table;
/// # #[derive(svrkit_runtime::Tlv, Default)] struct Packet {}
/// /// By the group that it was sent to, then by its number.
/// static PACKETS: Table<(u64, u32), Packet> = Table::new("packets");
/// ```
pub struct Table<K, R> {
    name: &'static str,
    of: PhantomData<fn() -> (K, R)>,
}

impl<K, R> Table<K, R> {
    /// The table of this name.
    ///
    /// # Panics
    /// Where the name is not 1 to 64 of `a`–`z`, `0`–`9`, `_` and `.`: when compiled, for a static.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_name(name), "a table's name is 1 to 64 of a-z, 0-9, _ and .");
        Self { name, of: PhantomData }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if !matches!(bytes[index], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.') {
            return false;
        }
        index += 1;
    }
    matches!(bytes.len(), 1..=NAME_LEN_MAX)
}

impl<K, R> fmt::Debug for Table<K, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Table").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_words() {
        for (name, expected) in [
            ("accounts", true),
            ("queue.jobs_2", true),
            ("", false),
            ("Accounts", false),
            ("a/b", false),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(is_name(name), expected, "{name}");
        }
    }
}
