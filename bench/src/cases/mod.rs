//! The cases: each is one file or folder and one line in [`CASES`].

mod codec;
mod compile;
mod echo;
mod idle;
mod monitor;
mod overload;
mod pair;
mod refusal;
mod stream;

use anyhow::Result;
use clap::{ArgMatches, Command};

use crate::report::Report;

pub(crate) use codec::instructions as codec_instructions;

/// All cases.
pub(crate) const CASES: &[Case] = &[
    echo::CASE,
    pair::CASE,
    monitor::CASE,
    stream::CASE,
    overload::CASE,
    refusal::CASE,
    idle::CASE,
    compile::CASE,
    codec::CASE,
];

/// Something to measure.
#[derive(Debug)]
pub(crate) struct Case {
    pub name: &'static str,
    /// One line for `--list`.
    pub about: &'static str,
    /// Adds the case's own options to its subcommand.
    pub arguments: fn(Command) -> Command,
    /// Measures; `true` asks for a quick run.
    pub run: fn(&ArgMatches, bool, Report) -> Result<()>,
}
