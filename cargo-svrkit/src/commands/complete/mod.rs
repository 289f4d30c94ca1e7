//! `cargo svrkit complete`: what may stand where the cursor is. Shells ask it, by the scripts of [`completions`](super::completions).
//!
//! - `line`: the words of a line of bash, and what it wants back for the last of them;
//! - `values`: what clap does not know of values: names that a server or a schema has, files behind `@` and `unix:`;
//! - `ends`: names as short as people write them.
//!
//! Clap's engine for completions has the rest: subcommands, options, files. Nothing fails here: who is at a prompt wants a candidate or nothing.

mod ends;
mod line;
mod values;

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};

use clap::Args;
use clap_complete::engine::CompletionCandidate;

use self::line::Line;
use super::completions::Shell;
use crate::CARGO_WORD;
use crate::outcome::Outcome;

/// Says what may stand where the cursor is, one candidate a line; shells ask it (completions).
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct Complete {
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// Of bash the line up to the cursor and COMP_WORDBREAKS; of others the words up to the cursor, the last one as far as it is written
    #[arg(value_name = "WORDS", last = true, required = true)]
    words: Vec<OsString>,
}

impl Complete {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        Ok(Outcome::fine(match self.shell {
            Shell::Bash => self.for_bash(),
            Shell::Zsh | Shell::Fish => {
                let candidates = candidates(&self.words);
                candidates.iter().map(|it| format!("{}\t{}\n", it.value, it.help)).collect()
            }
        }))
    }

    fn for_bash(&self) -> String {
        let text = |at: usize| self.words.get(at).map(|word| word.to_string_lossy()).unwrap_or_default();
        let line = Line::read(&text(0), &text(1));
        let words: Vec<OsString> = line.words.iter().map(Into::into).collect();
        candidates(&words).iter().map(|it| line.wanted_back(&it.value) + "\n").collect()
    }
}

/// Something that may stand there.
struct Candidate {
    value: String,
    /// What it is, on one line; empty where nothing is said.
    help: String,
}

/// What may stand for the last of `words`.
fn candidates(words: &[OsString]) -> Vec<Candidate> {
    let mut words = own(words).to_vec();
    let Some(current) = words.last().cloned() else { return Vec::new() };
    let at = words.len() - 1;
    if at == 0 {
        // The name of the program is no word of ours.
        return Vec::new();
    }
    let mut command = values::known_to(crate::command_line(), &words[..at]);
    words[0] = "cargo-svrkit".into();
    let folder = env::current_dir().ok();
    let Ok(found) = clap_complete::engine::complete(&mut command, words, at, folder.as_deref()) else {
        return Vec::new();
    };
    // Options are many, and for those who begin one.
    let begins_option = current.as_encoded_bytes().starts_with(b"-");
    let all = found.iter().filter_map(candidate);
    all.filter(|it| it.value.starts_with('-') == begins_option).collect()
}

/// The words from the program's own on, where cargo is called and its subcommand is ours.
fn own(words: &[OsString]) -> &[OsString] {
    let is_before = |word: &OsStr| matches!(word.as_encoded_bytes(), [b'-' | b'+', ..]);
    let Some((_, rest)) = words.split_first() else { return words };
    let before = rest.iter().take_while(|word| is_before(word)).count();
    match rest.get(before..) {
        Some([word, _, ..]) if word == CARGO_WORD => &rest[before..],
        _ => words,
    }
}

/// What has a place on a line of a terminal: servers and folders have names that are made by others.
fn candidate(found: &CompletionCandidate) -> Option<Candidate> {
    let value = found.get_value().to_str().filter(|value| !value.contains(char::is_control))?.to_owned();
    let help = found.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.lines().next().unwrap_or_default().replace(char::is_control, " ");
    Some(Candidate { value, help })
}
