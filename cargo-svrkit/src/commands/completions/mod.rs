//! `cargo svrkit completions`: what a shell has to be told once, so that it asks [`complete`](super::complete) at each Tab.

use std::error::Error;

use clap::{Args, ValueEnum};

use crate::outcome::Outcome;

/// Prints what makes a shell complete `cargo svrkit`: subcommands, options, files, and the methods of the server that is named.
///
/// Put into the file that the shell reads when it starts:
///
///   bash  source <(cargo-svrkit completions bash)     in ~/.bashrc, behind other completions
///   zsh   source <(cargo-svrkit completions zsh)      in ~/.zshrc, behind compinit
///   fish  cargo-svrkit completions fish | source      in ~/.config/fish/config.fish
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:\n  \
                  cargo svrkit completions bash\n  \
                  cargo svrkit completions fish"
)]
pub(crate) struct Completions {
    /// For which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// The shells that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum Shell {
    /// 3.2 and newer.
    Bash,
    /// With its completion system, compinit.
    Zsh,
    /// 3 and newer.
    Fish,
}

impl Completions {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        Ok(Outcome::fine(match self.shell {
            Shell::Bash => include_str!("cargo-svrkit.bash"),
            Shell::Zsh => include_str!("cargo-svrkit.zsh"),
            Shell::Fish => include_str!("cargo-svrkit.fish"),
        }))
    }
}
