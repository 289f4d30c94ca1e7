//! Where a value comes from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Where a value comes from. Each kind wins over those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The program set it.
    Code,
    /// The program fixed it: nobody else may set it.
    Fixed,
    /// A file.
    File {
        /// The file as it was named.
        path: Arc<Path>,
        /// From 1; 0 where the file as a whole is meant.
        line: usize,
    },
    /// An environment variable of this name.
    Variable(String),
}

/// `default`, `code`, `fixed by code`, `shop.toml:3` or `SVRKIT__MESSAGE__IN`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Code => f.write_str("code"),
            Self::Fixed => f.write_str("fixed by code"),
            Self::File { path, line: 0 } => write!(f, "{}", path.display()),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
        }
    }
}
