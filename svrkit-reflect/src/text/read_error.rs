//! Why a text is no message.

use std::error::Error;
use std::fmt;

/// Why a text is no message of the wanted type, and where. Who wrote the text is at fault; the same text never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    kind: ReadErrorKind,
    line: usize,
    column: usize,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The text is not of the form.
    Missing {
        /// What should stand there.
        expected: &'static str,
    },
    /// A value that a field of this type does not take, or a number that it does not hold.
    BadValue {
        /// The type, as a schema writes it.
        of: &'static str,
    },
    /// A value that was kept out when the text was written.
    Redacted,
    /// A name that is no field of the message.
    UnknownField {
        /// Its name; `None` in a sensitive field.
        name: Option<String>,
        /// The full name of the message.
        message: String,
        /// The field that may have been meant.
        nearest: Option<String>,
    },
    /// A name that no value of the enum has.
    UnknownValue {
        /// The name; `None` in a sensitive field.
        name: Option<String>,
        /// The full name of the enum.
        enumeration: String,
        /// The value that may have been meant.
        nearest: Option<String>,
    },
    /// A tag that does not exist.
    BadTag,
    /// A second value of a field that has one, or a second entry of one key.
    Twice,
    /// A second member of a oneof.
    OneofTwice {
        /// The name of the oneof.
        oneof: String,
    },
    /// Messages stand deeper than `decode.depth`.
    DepthExceeded {
        /// The limit, in messages.
        limit: u32,
    },
    /// The message would be, or need while it is made, more than `decode.memory`.
    MemoryExceeded {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl ReadError {
    /// The error `at` so many bytes into the text.
    #[cold]
    pub(super) fn new(kind: ReadErrorKind, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { kind, line, column }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }

    /// The line of the text, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of the text, from 1 and in characters.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {}: {}", self.line, self.column, self.kind)
    }
}

impl Error for ReadError {}

impl fmt::Display for ReadErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = |out: &mut fmt::Formatter<'_>, nearest: &Option<String>, otherwise: &str| match nearest {
            Some(nearest) => write!(out, "did you mean `{nearest}`?"),
            None => out.write_str(otherwise),
        };
        let shown = |name: &Option<String>| name.as_deref().unwrap_or("…").escape_debug().to_string();
        match self {
            Self::Missing { expected } => write!(out, "{expected} is missing here"),
            Self::BadValue { of } => write!(out, "this is no value of `{of}`, write one that is"),
            Self::Redacted => {
                out.write_str("the value was left out when this was written, write it without redaction")
            }
            Self::UnknownField { name, message, nearest } => {
                write!(out, "there is no field `{}` in `{message}`, ", shown(name))?;
                meant(out, nearest, "write its tag if the schema here is older")
            }
            Self::UnknownValue { name, enumeration, nearest } => {
                write!(out, "no value of `{enumeration}` is called `{}`, ", shown(name))?;
                meant(out, nearest, "write its number if the schema here is older")
            }
            Self::BadTag => out.write_str("a tag lies between 1 and 536870911, write one that does"),
            Self::Twice => out.write_str("it has a value already, leave one"),
            Self::OneofTwice { oneof } => {
                write!(out, "another member of the oneof `{oneof}` stands here already, leave one")
            }
            Self::DepthExceeded { limit } => write!(
                out,
                "messages stand more than {limit} deep inside one another, nest less or raise `decode.depth`"
            ),
            Self::MemoryExceeded { limit } => write!(
                out,
                "the message would hold more than {limit} bytes of memory, write less or raise `decode.memory`"
            ),
        }
    }
}
