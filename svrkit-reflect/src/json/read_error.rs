//! Why a text is no JSON of a message.

use std::error::Error;
use std::fmt;

/// Why a text is no JSON of the wanted message, and where. Who wrote the text is at fault; the same text never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    kind: ReadErrorKind,
    path: String,
    /// Line and column, from 1; 0 without a place.
    line: usize,
    column: usize,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The pool has no message of this name. Who asked for it is at fault.
    UnknownMessage {
        /// The full name asked for.
        name: String,
    },
    /// The text is no JSON.
    NotJson {
        /// What should stand there.
        expected: &'static str,
    },
    /// A value of another kind than the field has.
    Mismatch {
        /// What the field has.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A number that the type of the field does not hold.
    OutOfRange {
        /// The type, as a schema writes it.
        of: &'static str,
    },
    /// A text that is not of the form the field has.
    BadText {
        /// The form.
        expected: &'static str,
    },
    /// A member that is no field of the message.
    UnknownField {
        /// Its name; `None` in a sensitive field.
        name: Option<String>,
        /// The field that may have been meant.
        nearest: Option<String>,
    },
    /// A name that no value of the enum has.
    UnknownValue {
        /// The full name of the enum.
        enumeration: String,
        /// The name; `None` in a sensitive field.
        name: Option<String>,
        /// The value that may have been meant.
        nearest: Option<String>,
    },
    /// A second member or key of one name, or of the other name of a field.
    Twice,
    /// A second member of a oneof.
    OneofTwice {
        /// The name of the oneof.
        oneof: String,
    },
    /// An `Any` without `@type`.
    AnyWithoutType,
    /// An `Any` of a type that the pool does not have.
    UnknownAny {
        /// The full name of the type; `None` in a sensitive field.
        name: Option<String>,
    },
    /// Messages, or what is passed over, stand deeper than `decode.depth`.
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
    #[cold]
    pub(super) fn without_place(kind: ReadErrorKind) -> Self {
        Self { kind, path: String::new(), line: 0, column: 0 }
    }

    /// The error `at` so many bytes into the text.
    #[cold]
    pub(super) fn new(kind: ReadErrorKind, path: String, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { kind, path, line, column }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }

    /// Where it is in the message, for people: `Order.items[3].note`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line of the text, from 1; 0 where the text is not concerned.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of the text, from 1 and in characters; 0 where the text is not concerned.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return self.kind.fmt(out);
        }
        write!(out, "{} at line {}, column {}: {}", self.path, self.line, self.column, self.kind)
    }
}

impl Error for ReadError {}

impl fmt::Display for ReadErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMessage { name } => write!(
                out,
                "no message `{}` is in the descriptors, add the schema that defines it",
                name.escape_debug()
            ),
            Self::NotJson { expected } => write!(out, "the text is no JSON, {expected} is missing here"),
            Self::Mismatch { expected, found } => {
                write!(out, "{found} stands where the schema has {expected}, write that")
            }
            Self::OutOfRange { of } => write!(out, "the number is none that `{of}` holds, write one that is"),
            Self::BadText { expected } => write!(out, "the text is not {expected}, write that"),
            Self::UnknownField { name, nearest } => {
                match name {
                    Some(name) => write!(out, "there is no field `{}`, ", name.escape_debug())?,
                    None => out.write_str("there is no such field, ")?,
                }
                match nearest {
                    Some(nearest) => write!(out, "did you mean `{nearest}`?"),
                    None => out.write_str("leave it out or read with `ignore_unknown`"),
                }
            }
            Self::UnknownValue { enumeration, name, nearest } => {
                match name {
                    Some(name) => {
                        write!(out, "no value of `{enumeration}` is called `{}`, ", name.escape_debug())?
                    }
                    None => write!(out, "no value of `{enumeration}` is called so, ")?,
                }
                match nearest {
                    Some(nearest) => write!(out, "did you mean `{nearest}`?"),
                    None => out.write_str("write its name, or its number if the schema here is older"),
                }
            }
            Self::Twice => {
                out.write_str("it stands here a second time, by this or its other name, leave one")
            }
            Self::OneofTwice { oneof } => {
                write!(out, "another member of the oneof `{oneof}` stands here already, leave one")
            }
            Self::AnyWithoutType => {
                out.write_str("an any has no `@type`, add it: a `/` and the full name of a message")
            }
            Self::UnknownAny { name } => {
                let name = name.as_deref().unwrap_or("…").escape_debug();
                write!(
                    out,
                    "an any is to hold a `{name}`, which is not in the descriptors, add the schema that defines it"
                )
            }
            Self::DepthExceeded { limit } => {
                write!(
                    out,
                    "messages stand more than {limit} deep inside one another, nest less or raise `decode.depth`"
                )
            }
            Self::MemoryExceeded { limit } => {
                write!(
                    out,
                    "the message would hold more than {limit} bytes of memory, send less or raise `decode.memory`"
                )
            }
        }
    }
}
