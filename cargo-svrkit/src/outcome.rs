//! What a subcommand has to say, and how the process ends.

use std::error::Error;
use std::process::ExitCode;

/// What is printed, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "somebody has to print it"]
pub struct Outcome {
    /// Results.
    pub stdout: String,
    /// Results that are no text, behind those that are.
    pub bytes: Vec<u8>,
    /// Findings and errors.
    pub stderr: String,
    /// How the process ends.
    pub exit: Exit,
}

/// The exit codes, the same for every subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, nothing is wrong.
    Fine = 0,
    /// 1: the work was done and found something wrong.
    Findings = 1,
    /// 2: the work could not be done: wrong usage, or a file that cannot be read or written.
    Failed = 2,
}

impl Outcome {
    pub(crate) fn fine(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), bytes: Vec::new(), stderr: String::new(), exit: Exit::Fine }
    }

    pub(crate) fn findings(stderr: impl Into<String>) -> Self {
        Self { stderr: stderr.into(), exit: Exit::Findings, ..Self::fine("") }
    }

    pub(crate) fn failed(error: &dyn Error) -> Self {
        Self { stderr: format!("error: {error}\n"), exit: Exit::Failed, ..Self::fine("") }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
