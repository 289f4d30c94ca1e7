//! What the tests store.

use svrkit_runtime::Tlv;
use svrkit_store::Table;

/// A count of something.
#[derive(Tlv, Clone, Debug, Default, PartialEq)]
pub(crate) struct Count {
    #[tlv(1)]
    pub(crate) number: u64,
}

/// Something that is longer, and says by itself whether it is whole.
#[derive(Tlv, Clone, Debug, Default, PartialEq)]
pub(crate) struct Note {
    #[tlv(1)]
    pub(crate) number: u64,
    #[tlv(2)]
    pub(crate) text: String,
}

impl Note {
    /// The one of a number: texts of 0 to some 4,000 bytes.
    pub(crate) fn of(number: u64) -> Self {
        Self { number, text: format!("{number},").repeat(number as usize % 700) }
    }
}

pub(crate) static COUNTS: Table<u64, Count> = Table::new("counts");
/// The writer, then the number that it gave.
pub(crate) type NoteKey = (u64, u64);

pub(crate) static NOTES: Table<NoteKey, Note> = Table::new("notes");

pub(crate) fn count(number: u64) -> Count {
    Count { number }
}
