//! One thing to measure: a message, what is done with it, and by whom.

use anyhow::Result;
use clap::ValueEnum;

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Op {
    /// A value is written into a buffer that is kept.
    Encode,
    /// Bytes are read into a value of its own, which is dropped.
    Decode,
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Lib {
    Svrkit,
    Prost,
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

/// Something that is done with all samples of a message.
pub(super) struct Job {
    pub message: &'static str,
    pub op: Op,
    pub lib: Lib,
    pub containers: Containers,
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
        }
    }
}

impl Lib {
    /// As it is called in options, tables and JSON lines.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Svrkit => "svrkit",
            Self::Prost => "prost",
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
