//! `cargo svrkit check`: the findings of a build, without a build.

use std::error::Error;

use clap::Args;

use crate::outcome::{Exit, Outcome, counted};
use crate::schemas::Schemas;

/// Checks schemas and what they import, and prints what is wrong as a build would.
#[derive(Args)]
#[command(after_help = "Example:\n  cargo svrkit check schemas -I ../common/schemas")]
pub(crate) struct Check {
    #[command(flatten)]
    schemas: Schemas,
}

impl Check {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let report = self.schemas.config().check(self.schemas.files()?);
        if report.is_error() {
            return Ok(Outcome::findings(report.render()));
        }
        // A file that is named twice, or named and imported, is read once.
        let files = counted(report.files_read().len(), "file");
        let stdout = match report.warning_count() {
            0 => format!("{files} checked: fine\n"),
            warnings => format!("{files} checked: no errors, {}\n", counted(warnings, "warning")),
        };
        Ok(Outcome { stdout, stderr: report.render(), exit: Exit::Fine })
    }
}
