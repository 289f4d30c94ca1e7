//! What findings are known by: a code, a name, and how grave they are.
//!
//! A code never changes its meaning and is never used again. Here stand those of the stages that read and resolve; each
//! check and each lint brings its own. `codes` puts them together.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Whether a finding stops the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated all the same.
    Warning,
}

#[doc = include_str!("../../CODES.md")]
#[derive(Clone, Copy)]
pub struct Code {
    text: &'static str,
    name: &'static str,
    severity: Severity,
    summary: &'static str,
}

impl Code {
    pub(crate) const fn error(text: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self { text, name, severity: Severity::Error, summary }
    }

    pub(crate) const fn warning(text: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self { text, name, severity: Severity::Warning, summary }
    }

    /// The code as it is printed: `SVK0104`.
    pub const fn as_str(self) -> &'static str {
        self.text
    }

    /// A name for machines that want one: `TagReused`.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What the rule is about, in half a sentence.
    pub const fn summary(self) -> &'static str {
        self.summary
    }

    /// Whether a finding of this code stops the build. Of a lint, its level decides that: see
    /// [`Diagnostic::severity`](crate::Diagnostic::severity).
    pub const fn severity(self) -> Severity {
        self.severity
    }
}

macro_rules! codes {
    ($($constant:ident $name:literal $text:literal $severity:ident $summary:literal)+) => {
        impl Code {
            $(
                #[doc = concat!("`", $text, "`: ", $summary, ".")]
                pub const $constant: Self =
                    Self { text: $text, name: $name, severity: Severity::$severity, summary: $summary };
            )+

            /// The codes that belong to no check and no lint.
            pub(crate) const OF_READING: &'static [Self] = &[$(Self::$constant),+];
        }
    };
}

codes! {
    UNREADABLE_FILE "UnreadableFile" "SVK0001" Error "a schema file cannot be read"
    NOT_UTF8 "NotUtf8" "SVK0002" Error "a schema file is not encoded in UTF-8"
    MALFORMED_XML "MalformedXml" "SVK0003" Error "the file is not well-formed XML"
    FORBIDDEN_MARKUP "ForbiddenMarkup" "SVK0004" Error "a document type or a processing instruction"
    UNDEFINED_ENTITY "UndefinedEntity" "SVK0005" Error "an entity other than the five of XML"
    LIMIT_EXCEEDED "LimitExceeded" "SVK0006" Error "a file is larger, deeper or busier than the limits allow"
    UNKNOWN_ELEMENT "UnknownElement" "SVK0007" Error "an element the dialect does not know"
    UNKNOWN_ATTRIBUTE "UnknownAttribute" "SVK0008" Error "an attribute the element does not know"
    MISSING_ATTRIBUTE "MissingAttribute" "SVK0009" Error "an attribute that must be there is absent"
    BAD_VALUE "BadValue" "SVK0010" Error "the value of an attribute cannot be read"
    ATTRIBUTE_TWICE "AttributeTwice" "SVK0011" Error "one element carries an attribute twice"
    MISPLACED "Misplaced" "SVK0012" Error "an element or a text stands where it may not"
    MISSING_IMPORT "MissingImport" "SVK0013" Error "an imported file is not found"
    IMPORT_CYCLE "ImportCycle" "SVK0014" Error "files import one another in a circle"
    UNWRITABLE_OUTPUT "UnwritableOutput" "SVK0015" Error "the generated file cannot be written"
    NO_FILES "NoFiles" "SVK0016" Error "no schema file is named"
    CONFIG_FAULT "ConfigFault" "SVK0017" Error "a setting of `Config` cannot be meant"
    BAD_NAME "BadName" "SVK0101" Error "a name is no identifier"
    UNKNOWN_TYPE "UnknownType" "SVK0108" Error "the type of a field is not defined or not imported"
    BAD_DEFAULT "BadDefault" "SVK0118" Error "a default that its field cannot hold"
    NOT_A_KEY "NotAKey" "SVK0123" Error "the key of a map is no whole number, `bool` or `string`"
    NOT_A_MESSAGE "NotAMessage" "SVK0207" Error "a request, a response or a detail is no known message"
    NOT_ERRORS "NotErrors" "SVK0208" Error "`errors` names no known set of errors"
    BAD_ALLOWANCE "BadAllowance" "SVK0301" Error "a comment that should allow a lint does not"
    NOT_EXPORTABLE "NotExportable" "SVK0401" Error "protobuf cannot say what a schema says; found by an export alone"
}

/// A code is its text: nothing else has it.
impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Code {}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(other.text)
    }
}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
