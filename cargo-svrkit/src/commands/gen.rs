//! `cargo svrkit gen`: generated Rust in a file of one's own, for those who keep it in their repository.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::generated::{self, FileState};
use crate::outcome::{Outcome, counted};
use crate::schemas::Schemas;
use crate::settings::Settings;

/// Generates Rust from schemas and what they import, and writes it to a file if it changed.
///
/// A build script needs no such file; one that is kept in a repository is held fresh by --check. A file that was not
/// generated is never overwritten. Declare its module as `#[rustfmt::skip] mod …;`, or `cargo fmt` makes it stale.
#[derive(Args)]
#[command(after_help = "Examples:\n  cargo svrkit gen schemas/shop.xml -o src/shop.rs\n  \
                        cargo svrkit gen schemas/shop.xml -o src/shop.rs --check")]
pub(crate) struct Gen {
    #[command(flatten)]
    schemas: Schemas,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Generate no service traits and servers
    #[arg(long, conflicts_with = "server_only")]
    client_only: bool,
    /// Generate no clients
    #[arg(long)]
    server_only: bool,
    /// Write nothing; exit with 1 if the file is not what would be written
    #[arg(long)]
    check: bool,
}

impl Gen {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let files = self.schemas.files()?;
        let config = self.schemas.config(&files, &mut Settings::default())?;
        let config = config.client(!self.server_only).server(!self.client_only);
        let generated = match config.generate(files) {
            Ok(generated) => generated,
            Err(report) => return Ok(Outcome::findings(report.render())),
        };
        let warnings = generated.warnings().render();
        let output = self.output.display();
        let state = match FileState::of(&self.output, generated.source())? {
            FileState::Fresh => {
                let stdout = format!("`{output}` is up to date\n");
                return Ok(Outcome { stderr: warnings, ..Outcome::fine(stdout) });
            }
            state => state.fault(),
        };
        if self.check {
            let finding = format!("error: `{output}` {state}: refresh it by `{}`\n", self.refresh());
            return Ok(Outcome::findings(warnings + &finding));
        }
        generated::write(&self.output, generated.source())?;
        let lines = counted(generated.source().lines().count(), "line");
        Ok(Outcome { stderr: warnings, ..Outcome::fine(format!("wrote `{output}`: {lines}\n")) })
    }

    /// The command that writes the file.
    fn refresh(&self) -> String {
        let mut words = vec!["cargo svrkit gen".to_owned()];
        words.extend(self.schemas.paths.iter().map(|path| shell_word(path)));
        for folder in &self.schemas.includes {
            words.extend(["-I".to_owned(), shell_word(folder)]);
        }
        words.extend(["-o".to_owned(), shell_word(&self.output)]);
        if self.client_only {
            words.push("--client-only".into());
        }
        if self.server_only {
            words.push("--server-only".into());
        }
        words.join(" ")
    }
}

/// A path as one word of a shell's command line.
fn shell_word(path: &Path) -> String {
    let text = path.as_os_str().to_string_lossy();
    let is_plain = |it: char| it.is_alphanumeric() || "/._-+=:@".contains(it);
    if path.as_os_str() != OsStr::new("") && text.chars().all(is_plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_would_split_it() {
        for (path, word) in [
            ("src/shop.rs", "src/shop.rs"),
            ("my schemas/a.xml", "'my schemas/a.xml'"),
            ("it's.xml", r"'it'\''s.xml'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(shell_word(Path::new(path)), word);
        }
    }
}
