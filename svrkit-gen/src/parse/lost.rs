//! What a file would define if it were sound.

use std::collections::BTreeSet;

/// Names of types that are missing because their definitions are broken.
///
/// What refers to them is no second mistake, so nothing is said about it.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    names: BTreeSet<String>,
    anything: bool,
}

impl Lost {
    /// A definition of this name was dropped.
    pub(crate) fn name(&mut self, name: &str) {
        self.names.insert(name.to_owned());
    }

    /// Definitions were dropped and nobody knows their names.
    pub(crate) fn anything(&mut self) {
        self.anything = true;
    }

    /// Whether nothing was dropped.
    pub(crate) fn is_empty(&self) -> bool {
        !self.anything && self.names.is_empty()
    }

    /// Whether a reference that leads nowhere may have led to something dropped here.
    pub(crate) fn covers(&self, reference: &str) -> bool {
        self.anything
            || (!self.names.is_empty() && reference.split('.').any(|segment| self.names.contains(segment)))
    }
}
