//! Whether a lint speaks, and how loud: levels by lint, and those by file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::Lint;
use crate::load;

/// What becomes of what a lint finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing: the lint does not run.
    Off,
    /// A warning.
    Warn,
    /// An error.
    Deny,
}

impl Level {
    /// Every level, the quietest first.
    pub const ALL: [Self; 3] = [Self::Off, Self::Warn, Self::Deny];

    /// The level of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// The word for it: `off`, `warn` or `deny`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The level of every lint.
///
/// ```
/// # fn main() -> Result<(), svrkit_gen::UnknownLint> {
/// use svrkit_gen::{Level, Lint, Lints};
///
/// let levels = Lints::new().set(Lint::named("missing-doc")?, Level::Deny);
/// let config = svrkit_gen::Config::new().lints(levels);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lints([Level; Lint::ALL.len()]);

impl Lints {
    /// Every lint at the level it has by itself.
    pub fn new() -> Self {
        Self(std::array::from_fn(|at| Lint::ALL[at].level()))
    }

    /// Gives one lint another level.
    #[must_use]
    pub fn set(mut self, lint: &Lint, level: Level) -> Self {
        self.0[lint.position()] = level;
        self
    }

    /// The level of a lint.
    pub fn level(&self, lint: &Lint) -> Level {
        self.0[lint.position()]
    }
}

impl Default for Lints {
    fn default() -> Self {
        Self::new()
    }
}

/// The levels of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels {
    /// Of files that have none of their own. `None`: no lint runs on those.
    pub(crate) all: Option<Lints>,
    pub(crate) by_file: BTreeMap<PathBuf, Lints>,
}

impl Levels {
    /// By `FileId`. `None`: the file is not linted, as it is only imported or nobody asked.
    pub(super) fn by_id(&self, files: &[load::File], named: &[PathBuf]) -> Vec<Option<Lints>> {
        let named: BTreeSet<&Path> = named.iter().map(PathBuf::as_path).collect();
        let of = |path: &Path| self.by_file.get(path).copied().or(self.all);
        files.iter().map(|file| named.get(&*file.path).and_then(|path| of(path))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_known_by_its_word() {
        for level in Level::ALL {
            assert_eq!(Level::from_word(level.as_str()), Some(level));
        }
        assert_eq!(Level::from_word("Warn"), None);
    }
}
