//! Why metrics of a program's own cannot be registered.

use std::error::Error;
use std::fmt;

/// Why metrics cannot be registered. Nothing of a struct is where one of its metrics cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterError {
    /// The name cannot be a metric's.
    Name {
        /// Which.
        name: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// A label's name cannot be one.
    Label {
        /// Of which metric.
        name: &'static str,
        /// Which label.
        label: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// Another metric has the name: one of another type, of other labels or of another meaning.
    Taken {
        /// The name.
        name: &'static str,
        /// What is registered under it.
        registered: String,
        /// What was to be.
        refused: String,
    },
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { name, why } => write!(f, "the metric `{name}` cannot be registered: its name {why}"),
            Self::Label { name, label, why } => {
                write!(f, "the metric `{name}` cannot be registered: its label `{label}` {why}")
            }
            Self::Taken { name, registered, refused } => write!(
                f,
                "two metrics are called `{name}`: {registered} is registered, {refused} was to be: give one of them another name, or describe \
                 both alike to have them counted together"
            ),
        }
    }
}

impl Error for RegisterError {}
