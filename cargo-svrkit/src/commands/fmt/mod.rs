//! `cargo svrkit fmt`: schema files in their one layout.
//!
//! The layout itself is `svrkit_gen::format`; here files are read, compared and replaced. A file that does not parse is
//! left as it is, and the others are formatted all the same.

mod diff;

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use svrkit_gen::limits::FILE_LEN_MAX;

use crate::outcome::{Exit, Outcome, counted};
use crate::schemas::Schemas;
use crate::staging;

/// Lays schemas out in the one way there is, and keeps what they mean.
///
/// Comments stay where they are. A file that does not parse is left as it is. What is imported is not formatted, and
/// need not be there.
#[derive(Args)]
#[command(after_help = "Examples:\n  cargo svrkit fmt schemas\n  cargo svrkit fmt schemas --check")]
pub(crate) struct Fmt {
    /// Schemas, or folders: all *.xml below them [default: the folder `schemas`]
    #[arg(value_name = "FILES")]
    paths: Vec<PathBuf>,
    /// Write nothing; show what would change and exit with 1 if anything would
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let files = Schemas { paths: self.paths.clone(), includes: Vec::new() }.files()?;
        let mut seen = HashSet::new();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let (mut changed, mut refused) = (0, 0);
        for file in files.iter().filter(|file| seen.insert(file.as_path())) {
            let bytes = read(file).map_err(|error| FmtError::io(file, "read", error))?;
            let formatted = match svrkit_gen::format(file, &bytes) {
                Ok(formatted) => formatted,
                Err(report) => {
                    refused += 1;
                    stderr.push_str(&report.render());
                    continue;
                }
            };
            if formatted.as_bytes() == bytes {
                continue;
            }
            changed += 1;
            if self.check {
                // `format` takes nothing but UTF-8.
                stdout.push_str(&diff::unified(
                    &file.display().to_string(),
                    &String::from_utf8_lossy(&bytes),
                    &formatted,
                ));
            } else {
                staging::write_file(file, formatted.as_bytes())
                    .map_err(|error| FmtError::io(file, "write", error))?;
                stdout.push_str(&format!("formatted `{}`\n", file.display()));
            }
        }
        let files = counted(seen.len(), "file");
        let left = if refused == 0 { String::new() } else { format!(", {refused} left as found") };
        match self.check {
            false => stdout.push_str(&format!("{files}: {changed} formatted{left}\n")),
            true if changed == 0 && refused == 0 => {
                stdout.push_str(&format!("{files}: nothing would change\n"))
            }
            true if changed == 0 => {}
            true => stderr.push_str(&format!(
                "error: {changed} of {files} would change: run `cargo svrkit fmt` on them\n"
            )),
        }
        let is_fine = refused == 0 && !(self.check && changed > 0);
        let exit = if is_fine { Exit::Fine } else { Exit::Findings };
        Ok(Outcome { stderr, exit, ..Outcome::fine(stdout) })
    }
}

/// The bytes of a file, or one more than a schema may have: then `svrkit_gen::format` says so.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(file)?.take(FILE_LEN_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why a file could not be formatted. It is as it was; files before it in the order of the arguments may be formatted.
#[derive(Debug)]
struct FmtError {
    file: PathBuf,
    doing: &'static str,
    error: io::Error,
}

impl FmtError {
    fn io(file: &Path, doing: &'static str, error: io::Error) -> Self {
        Self { file: file.to_owned(), doing, error }
    }
}

impl fmt::Display for FmtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} `{}`: {}", self.doing, self.file.display(), self.error)
    }
}

impl Error for FmtError {}
