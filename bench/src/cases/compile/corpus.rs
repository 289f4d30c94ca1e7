//! The protocols that are compiled: files of five messages of twenty fields each, as data.
//!
//! What a file holds depends on its number alone, so that half as many files are half of the work. `xml` writes them as
//! schemas, `prost` as the Rust that prost's own generator would give.

/// Messages in each file.
pub(super) const MESSAGES: usize = 5;
/// Fields of each message.
pub(super) const FIELDS: usize = TEMPLATE.len();
/// Values of the one enum in each file.
pub(super) const VALUES: [&str; 4] = ["UNSPECIFIED", "ACTIVE", "PAUSED", "CLOSED"];

/// So many files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corpus {
    pub files: usize,
    /// Whether each file has a service of one method. prost has none.
    pub has_services: bool,
}

/// One field of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub name: &'static str,
    pub tag: usize,
    pub kind: Kind,
    pub cardinality: Cardinality,
    /// Every other field has a description.
    pub doc: Option<&'static str>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Scalar),
    /// The enum of the file.
    Enum,
    Message {
        file: usize,
        message: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cardinality {
    One,
    Optional,
    Repeated,
}

/// A scalar in the words of the three who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    /// In a schema of svrkit.
    pub word: &'static str,
    /// In an attribute of prost.
    pub prost: &'static str,
    /// The type prost has for it.
    pub rust: &'static str,
}

/// What a field of the template holds; messages are chosen by where the field stands.
#[derive(Clone, Copy)]
enum Slot {
    Scalar(Scalar),
    Enum,
    /// The first message of the same file.
    Near,
    /// The first message of the imported file.
    Far,
    /// The message before this one in the same file.
    Neighbour,
}

const fn scalar(word: &'static str, prost: &'static str, rust: &'static str) -> Slot {
    Slot::Scalar(Scalar { word, prost, rust })
}

const STRING: Slot = scalar("string", "string", "::prost::alloc::string::String");
const U32: Slot = scalar("u32", "uint32", "u32");
const F64: Slot = scalar("f64", "double", "f64");

/// Ten fields that hold one number or flag, five of text, five lists, three of enums, three of messages: some of them
/// are two of these.
const TEMPLATE: [(&str, Slot, Cardinality); 20] = {
    use Cardinality::{One, Optional, Repeated};
    [
        ("id", scalar("u64", "uint64", "u64"), One),
        ("name", STRING, One),
        ("description", STRING, Optional),
        ("quantity", U32, One),
        ("delta", scalar("s64", "sint64", "i64"), One),
        ("price", F64, One),
        ("is_open", scalar("bool", "bool", "bool"), One),
        ("created_at", scalar("fixed64", "fixed64", "u64"), One),
        ("checksum", scalar("fixed32", "fixed32", "u32"), Optional),
        (
            "payload",
            scalar("bytes", "bytes = \"vec\"", "::prost::alloc::vec::Vec<u8>"),
            One,
        ),
        ("labels", STRING, Repeated),
        ("scores", U32, Repeated),
        ("samples", F64, Repeated),
        ("state", Slot::Enum, One),
        ("earlier_states", Slot::Enum, Repeated),
        ("wanted_state", Slot::Enum, Optional),
        ("owner", Slot::Near, One),
        ("origin", Slot::Far, One),
        ("parts", Slot::Neighbour, Repeated),
        ("revision", scalar("i32", "int32", "i32"), One),
    ]
};

impl Corpus {
    pub(super) fn fields(self) -> usize {
        self.files * MESSAGES * FIELDS
    }

    pub(super) fn messages(self) -> usize {
        self.files * MESSAGES
    }

    /// The file that this one imports; the first imports none.
    pub(super) fn import(file: usize) -> Option<usize> {
        // A tree: neither a chain as long as the corpus nor one file that all import.
        file.checked_sub(1).map(|before| before / 2)
    }

    /// The fields of a message, tags from 1.
    pub(super) fn message(file: usize, message: usize) -> impl Iterator<Item = Field> {
        TEMPLATE
            .into_iter()
            .zip(1..)
            .map(move |((name, slot, cardinality), tag)| {
                let kind = kind(slot, file, message);
                // Presence is what a message has anyway.
                Field {
                    name,
                    tag,
                    kind,
                    cardinality,
                    doc: (tag % 2 == 0).then_some(DOC),
                }
            })
    }
}

const DOC: &str = "What this field says, in the one sentence that most fields get.";

fn kind(slot: Slot, file: usize, message: usize) -> Kind {
    match slot {
        Slot::Scalar(scalar) => Kind::Scalar(scalar),
        Slot::Enum => Kind::Enum,
        // The first message is what the others hold, and holds no single message: nothing is boxed and nothing is large.
        Slot::Near | Slot::Far if message == 0 => Kind::Enum,
        Slot::Near => Kind::Message { file, message: 0 },
        Slot::Far => Kind::Message {
            file: Corpus::import(file).unwrap_or(file),
            message: 0,
        },
        Slot::Neighbour => Kind::Message {
            file,
            message: message.saturating_sub(1),
        },
    }
}

/// `p0007`, the last segment of the package.
pub(super) fn module(file: usize) -> String {
    format!("p{file:04}")
}
