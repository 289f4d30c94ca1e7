//! Bytes as text for people, and what was wrong with them.

use super::{Event, Fault, Meaning};

/// Bytes as they were shown: all that makes sense, and where and why some of it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub(crate) text: String,
    pub(crate) first_fault: Option<Fault>,
    pub(crate) faults: usize,
    pub(crate) unknown: usize,
    pub(crate) is_cut: bool,
}

impl Shown {
    /// The text: whole lines.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text alone.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The first thing that is wrong with the bytes; `None` if the codec takes them.
    pub fn first_fault(&self) -> Option<Fault> {
        self.first_fault
    }

    /// How many things are wrong. What stands behind each, in the innermost message around it, was not understood.
    pub fn faults(&self) -> usize {
        self.faults
    }

    /// How many records the schema has no field for, what is inside them not counted. Without a schema, none.
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// Whether the limit on text was met, and what came behind it was looked at but not shown.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(crate) fn count(&mut self, event: &Event<'_, '_>) {
        match event {
            Event::Fault { fault, .. } => {
                self.faults += 1;
                self.first_fault.get_or_insert(*fault);
            }
            Event::Key { meaning: Meaning::OtherKind(_) | Meaning::Unknown, .. } => self.unknown += 1,
            _ => {}
        }
    }
}
