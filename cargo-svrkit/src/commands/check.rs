//! `cargo svrkit check`: the findings of a build without a build, and those of the lints.

use std::error::Error;

use clap::{Args, ValueEnum};

use crate::formats::{self, Format};
use crate::outcome::{Exit, Outcome};
use crate::schemas::Schemas;
use crate::settings::Settings;

/// Checks schemas and what they import, and prints what is wrong as a build would; then runs the lints on them.
///
/// Lints find what works and may be regretted. Their levels are set under [lints] in svrkit.toml, which is looked for from
/// the folder of a schema upwards.
#[derive(Args)]
#[command(after_help = "Examples:\n  cargo svrkit check schemas -I ../common/schemas\n  \
                        cargo svrkit check --deny warnings --format github")]
pub(crate) struct Check {
    #[command(flatten)]
    schemas: Schemas,
    /// How findings are printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = formats::parser())]
    format: &'static Format,
    /// Take warnings for errors
    #[arg(long, value_name = "WHAT")]
    deny: Option<Denied>,
}

/// What `--deny` can take for an error.
#[derive(Clone, Copy, ValueEnum)]
enum Denied {
    /// Warnings of checks and of lints
    Warnings,
}

impl Check {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let files = self.schemas.files()?;
        let mut settings = Settings::default();
        let mut config = self.schemas.config(&files, &mut settings)?;
        for file in &files {
            config = config.lints_of(file, settings.of(file)?.lints);
        }
        let mut report = config.check(&files);
        if let Some(Denied::Warnings) = self.deny {
            report = report.deny_warnings();
        }
        let exit = if report.is_error() { Exit::Findings } else { Exit::Fine };
        let formats::Printed { stdout, stderr } = (self.format.print)(&report);
        Ok(Outcome { stderr, exit, ..Outcome::fine(stdout) })
    }
}
