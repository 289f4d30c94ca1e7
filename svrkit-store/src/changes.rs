//! What a commit does, as an engine sees it: bytes.

/// One commit: carried out as a whole where all conditions hold, else not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What must hold before.
    pub conditions: Vec<Condition>,
    /// What is done, in this order: of several changes to one key the last one counts.
    pub changes: Vec<Change>,
}

/// What must hold of a key before a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The table's name.
    pub table: &'static str,
    /// The key's bytes.
    pub key: Vec<u8>,
    /// What is to be there.
    pub expected: Expected,
}

/// What is to be found at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Absent,
    /// The record that the commit of this version wrote, and no later one.
    Version(u64),
}

impl Expected {
    /// Whether that is what is there.
    #[must_use]
    pub fn is_met_by(self, found: Option<u64>) -> bool {
        match self {
            Self::Absent => found.is_none(),
            Self::Version(version) => found == Some(version),
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table's name.
    pub table: &'static str,
    /// The key's bytes.
    pub key: Vec<u8>,
    /// The record's bytes that are there from now on; `None`: none.
    pub record: Option<Vec<u8>>,
}

impl Changes {
    /// Bytes of all keys and records.
    #[must_use]
    pub fn len(&self) -> usize {
        let conditions = self.conditions.iter().map(|condition| condition.key.len());
        let changes =
            self.changes.iter().map(|change| change.key.len() + change.record.as_ref().map_or(0, Vec::len));
        conditions.chain(changes).sum()
    }

    /// Whether it changes nothing, and asks nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.changes.is_empty()
    }
}
