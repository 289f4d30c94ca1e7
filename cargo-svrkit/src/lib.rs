//! The `cargo svrkit` command as a library: a thin front over `svrkit-gen`, and the maker of new projects.
//!
//! [`run`] takes the arguments and returns what is to be printed and how to exit. It writes the files a subcommand is
//! asked to write; it prints nothing but what cannot wait, the answers of `call` and the screen of `top`, and never exits. `src/main.rs` and the tests call it.
//!
//! - `arguments`: texts of the command line that are more than texts;
//! - `commands`: one subcommand a file;
//! - `formats`: how findings are written down, one format a file;
//! - `generated`: output files that can be told from others;
//! - `messages`: encoded messages, and the schemas that say what they are;
//! - `project`: what `new` makes;
//! - `schemas`: the schema files named on the command line;
//! - `server`: servers that are asked, and what is known of them;
//! - `settings`: `svrkit.toml`;
//! - `staging`: files and folders that appear whole or not at all;
//! - `types`: types and constraints in the words of schemas.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod formats;
mod generated;
mod messages;
mod outcome;
mod project;
mod schemas;
mod server;
mod settings;
mod staging;
mod types;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use self::commands::Command;
pub use self::outcome::{Exit, Outcome};

/// What cargo puts before the arguments when it is called as `cargo svrkit …`.
const CARGO_WORD: &str = "svrkit";

/// Makes, checks and compiles svrkit protocols.
#[derive(Parser)]
#[command(
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Example:\n  cargo svrkit new shop && cd shop && cargo run\n\n\
                  Exit codes:\n  \
                  0  fine\n  \
                  1  something is wrong with the schemas or a message, or a generated file is stale\n  \
                  2  wrong usage, or a file cannot be read or written"
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// Runs the command line `args`, the name of the program first, as `cargo-svrkit …` or as cargo calls it:
/// `cargo-svrkit svrkit …`.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Outcome {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let by_cargo = args.get(1).is_some_and(|word| word == CARGO_WORD);
    let name = if by_cargo {
        args.remove(1);
        "cargo svrkit"
    } else {
        "cargo-svrkit"
    };
    let parsed = command_line()
        .bin_name(name)
        .try_get_matches_from(args)
        .and_then(|matches| CommandLine::from_arg_matches(&matches));
    match parsed {
        Ok(line) => line.command.run().unwrap_or_else(|error| Outcome::failed(&*error)),
        // `--help` and `--version` come as errors, too.
        Err(error) if error.use_stderr() => {
            Outcome { stderr: error.render().to_string(), exit: Exit::Failed, ..Outcome::fine("") }
        }
        Err(error) => Outcome::fine(error.render().to_string()),
    }
}

/// What the words after the program's name may be.
pub(crate) fn command_line() -> clap::Command {
    CommandLine::command()
}
