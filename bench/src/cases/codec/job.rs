//! One thing to measure: a message, what is done with it, and by whom.

use anyhow::Result;
use clap::ValueEnum;

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Op {
    /// A value is written into a buffer that is kept.
    Encode,
    /// The same, and long `bytes` of svrkit's messages are handed out as they are instead of copied.
    EncodeByReference,
    /// Bytes are read into a value of its own, which is dropped.
    Decode,
    /// Bytes are looked at in place, and everything in them is read, texts as text.
    View,
    /// Bytes are looked at in place, and three fields of twenty are read.
    ViewLazy,
    /// Bytes are read by an older schema, which knows half of the fields, and written again.
    ReencodeUnknown,
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Lib {
    Svrkit,
    Prost,
    Buffa,
    /// buffa's other views, which look into messages inside when they are asked for.
    BuffaLazy,
    /// Its messages borrow from what they were read from.
    QuickProtobuf,
    /// The bytes are copied and nothing is understood: the floor.
    Memcpy,
}

/// Of what the message is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Containers {
    /// Of what the library's generator takes unless told otherwise.
    Own,
    /// Of svrkit's: `BTreeMap` and `Bytes`.
    Same,
}

/// What becomes of fields that the schema does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    Kept,
    Dropped,
}

/// Something that is done with all samples of a message.
pub(super) struct Job {
    pub message: &'static str,
    pub op: Op,
    pub lib: Lib,
    pub containers: Containers,
    /// What becomes of fields that the schema does not know; `None` if there are none.
    pub unknown: Option<Unknown>,
    /// How many values one pass goes through.
    pub samples: usize,
    /// How many bytes they are.
    pub bytes: usize,
    /// Goes through all samples as many times as is said.
    pub passes: Box<dyn FnMut(u64) -> Result<()>>,
}

impl Op {
    /// As it is called in options, tables and JSON lines.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::Decode => "decode",
            Self::View => "view",
            Self::ViewLazy => "view_lazy",
            Self::EncodeByReference => "encode_by_reference",
            Self::ReencodeUnknown => "reencode_unknown",
        }
    }
}

impl Lib {
    /// As it is called in options, tables and JSON lines.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Svrkit => "svrkit",
            Self::Prost => "prost",
            Self::Buffa => "buffa",
            Self::BuffaLazy => "buffa-lazy",
            Self::QuickProtobuf => "quick-protobuf",
            Self::Memcpy => "memcpy",
        }
    }
}

impl Containers {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Same => "same",
        }
    }
}

impl Unknown {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Dropped => "dropped",
        }
    }
}
