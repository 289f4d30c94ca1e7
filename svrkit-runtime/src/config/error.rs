//! What is wrong with a configuration: every mistake with its place, all of them at once.

use std::error::Error;
use std::fmt;
use std::io;

use super::key::{Key, NotTaken, shortened};
use super::origin::Origin;

/// Most bytes of a configuration file.
pub const CONFIG_FILE_LEN_MAX: u64 = 1024 * 1024;

/// Most mistakes that one [`ConfigError`] lists.
pub const FAULTS_MAX: usize = 100;

/// Why a configuration is not loaded. Who made the mistakes mends them: nothing was started, and trying again does not help.
#[non_exhaustive]
pub struct ConfigError {
    /// The mistakes: at least one, and the first [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub left_out: usize,
}

/// One mistake and where it stands.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fault {
    /// Where it stands, and so whose it is.
    pub origin: Origin,
    /// What it is.
    pub kind: FaultKind,
}

/// What is wrong at one place.
#[derive(Debug)]
#[non_exhaustive]
pub enum FaultKind {
    /// There is no such key.
    UnknownKey {
        /// As it was written.
        name: String,
        /// The known one that was probably meant.
        nearest: Option<String>,
    },
    /// The key does not take this value.
    Value {
        /// The key.
        key: Key,
        /// The value as it was given; of a secret, only that it is one.
        given: String,
        /// Why not.
        why: NotTaken,
    },
    /// A list, a date or a floating-point number, which no key takes, or a table in a key's place.
    Kind {
        /// The key.
        key: Key,
        /// What was found.
        found: &'static str,
    },
    /// A value stands where a table of keys is.
    NoTable {
        /// The table.
        name: String,
    },
    /// The program has fixed this key.
    Fixed {
        /// The key.
        key: Key,
    },
    /// Nobody has set a key that has no default.
    Missing {
        /// The key.
        key: Key,
    },
    /// A variable that is meant for us, and belongs to no key.
    UnknownVariable {
        /// The one that was probably meant.
        nearest: Option<String>,
    },
    /// The value of a variable is not UTF-8.
    NotUtf8,
    /// Two keys have one name.
    KeyTaken {
        /// The name.
        name: &'static str,
    },
    /// A key's name is not made of lower-case words with dots between them.
    KeyName {
        /// The name.
        name: &'static str,
    },
    /// The file sets this key twice.
    Twice {
        /// The key.
        key: Key,
        /// The line that sets it first.
        first: usize,
    },
    /// The file cannot be read.
    Unreadable(io::Error),
    /// The file has more than [`CONFIG_FILE_LEN_MAX`] bytes.
    FileTooLong,
    /// The file is no TOML.
    Syntax {
        /// What is wrong.
        message: String,
    },
}

impl Fault {
    /// Whether it is the reason why this key has no value.
    pub(super) fn is_about(&self, this: &Key) -> bool {
        match &self.kind {
            FaultKind::Value { key, .. } | FaultKind::Kind { key, .. } => key.name() == this.name(),
            _ => false,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { name, nearest: Some(nearest) } => {
                write!(f, "unknown key {}: did you mean {nearest}?", shortened(name))
            }
            Self::UnknownKey { name, nearest: None } => {
                write!(f, "unknown key {}: docs/configuration.md lists the known ones", shortened(name))
            }
            Self::Value { key, given, why } => {
                let (name, reason) = (key.name(), key.reason(*why));
                write!(f, "{name} is {given}, {reason}: it takes {}, as in {}", key.takes(), key.example())
            }
            Self::Kind { key, found } => {
                write!(f, "{} is {found}: it takes {}, as in {}", key.name(), key.takes(), key.example())
            }
            Self::NoTable { name } => write!(f, "{name} is a table of keys: write [{name}]"),
            Self::Fixed { key } => {
                write!(
                    f,
                    "{} is fixed by the program and cannot be set from outside: remove it here",
                    key.name()
                )
            }
            Self::Missing { key } => {
                write!(
                    f,
                    "{} ({}) is not set: set {} or its key in a file",
                    key.name(),
                    key.doc(),
                    key.variable()
                )
            }
            Self::UnknownVariable { nearest: Some(nearest) } => {
                write!(f, "this variable is not read: did you mean {nearest}?")
            }
            Self::UnknownVariable { nearest: None } => {
                f.write_str("this variable is not read: docs/configuration.md lists those that are")
            }
            Self::NotUtf8 => f.write_str("the value is not UTF-8"),
            Self::KeyTaken { name } => write!(f, "the key {name} exists already: give it another name"),
            Self::KeyName { name } => {
                write!(f, "the key {name:?} is not made of lower-case words with dots between them")
            }
            Self::Twice { key, first } => {
                write!(f, "{} is set on line {first} already: remove one of the two", key.name())
            }
            Self::Unreadable(error) => write!(f, "cannot read this file: {error}"),
            Self::FileTooLong => {
                write!(f, "this file has more than {CONFIG_FILE_LEN_MAX} bytes (CONFIG_FILE_LEN_MAX)")
            }
            Self::Syntax { message } => write!(f, "no TOML: {message}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.kind)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.faults {
            [only] => write!(f, "the configuration is wrong: {only}"),
            faults => {
                write!(f, "the configuration is wrong in {} places:", faults.len() + self.left_out)?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))?;
                if self.left_out > 0 { write!(f, "\n  and {} more", self.left_out) } else { Ok(()) }
            }
        }
    }
}

/// The same text as `Display`: `fn main() -> Result<(), ConfigError>` prints it, and a user should be able to read it.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ConfigError {}
