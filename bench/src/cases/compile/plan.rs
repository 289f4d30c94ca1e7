//! What is compiled, how often: the options of the case.

use std::fmt;

use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};
use svrkit_gen::limits::FILES_MAX;

use super::corpus::{Corpus, MESSAGES};

#[derive(Args, Clone, Debug)]
pub(super) struct CompileArguments {
    /// What is measured
    #[arg(
        long,
        value_enum,
        value_name = "OP,…",
        value_delimiter = ',',
        default_value = "check,gen,hostile,rustc,weight"
    )]
    ops: Vec<Step>,
    /// Sizes of the tree, in files of 100 fields [default: 250,500,1000; quick: 25,50]
    #[arg(long, value_name = "FILES,…", value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(1..=FILES_MAX as i64))]
    files: Vec<u32>,
    /// Runs of the schema compiler for each row [default: 5; quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: Option<u32>,
    /// Messages of 20 fields that rustc compiles, by fives [default: 1000; quick: 10]
    #[arg(long, value_parser = clap::value_parser!(u32).range(5..=50_000))]
    messages: Option<u32>,
    /// Pairs of rustc runs for each row [default: 1]
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// What rustc is given: messages that nobody uses, or that all are decoded and encoded
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "CODE,…",
        default_value = "called"
    )]
    code: Vec<Code>,
    /// Messages of 20 fields in the smaller and the larger program that are weighed, by fives [default: 10,60; quick: 5,10]
    #[arg(long, value_name = "SMALLER,LARGER", value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(5..=50_000))]
    weighed: Vec<u32>,
    /// Cargo's profile for `rustc`; what is weighed is always a release build
    #[arg(long, value_enum, default_value_t = Profile::Debug)]
    profile: Profile,
}

/// One kind of measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Step {
    Check,
    Gen,
    Hostile,
    Rustc,
    Weight,
}

/// What stands in a crate that rustc compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Code {
    /// The messages alone. Code of prost that is generic is not compiled before somebody uses it.
    Declared,
    /// The messages, and a function that decodes and encodes each of them.
    Called,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    Debug,
    Release,
}

/// The whole run.
#[derive(Debug)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
    pub trees: Vec<Corpus>,
    pub repeats: u32,
    /// What rustc compiles.
    pub crates: Corpus,
    /// What is weighed: fewer messages, then more.
    pub weighed: [Corpus; 2],
    pub rounds: u32,
    pub code: Vec<Code>,
    pub profile: Profile,
}

impl Plan {
    pub(super) fn new(arguments: &CompileArguments, quick: bool) -> Result<Self> {
        let (files, repeats, messages): (&[u32], u32, u32) = match quick {
            false => (&[250, 500, 1000], 5, 1000),
            true => (&[25, 50], 1, 10),
        };
        let files = if arguments.files.is_empty() {
            files
        } else {
            &arguments.files
        };
        let weighed: &[u32] = match (arguments.weighed.is_empty(), quick) {
            (false, _) => &arguments.weighed,
            (true, false) => &[10, 60],
            (true, true) => &[5, 10],
        };
        let &[smaller, larger] = weighed else {
            bail!("--weighed takes two numbers of messages, not {}", weighed.len());
        };
        ensure!(smaller < larger, "--weighed must name the smaller number first");
        let tree = |&files: &u32| Corpus {
            files: files as usize,
            has_services: true,
        };
        Ok(Self {
            steps: arguments.ops.clone(),
            trees: files.iter().map(tree).collect(),
            repeats: arguments.repeats.unwrap_or(repeats),
            crates: crates("--messages", arguments.messages.unwrap_or(messages))?,
            weighed: [crates("--weighed", smaller)?, crates("--weighed", larger)?],
            rounds: arguments.rounds,
            code: arguments.code.clone(),
            profile: arguments.profile,
        })
    }
}

/// So many messages for rustc, as `option` says.
fn crates(option: &str, messages: u32) -> Result<Corpus> {
    let messages = messages as usize;
    ensure!(
        messages.is_multiple_of(MESSAGES),
        "{option} must be a multiple of {MESSAGES}"
    );
    Ok(Corpus {
        files: messages / MESSAGES,
        has_services: false,
    })
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let build = if cfg!(debug_assertions) {
            "; DEBUG BUILD, its figures say nothing: use --release"
        } else {
            ""
        };
        write!(
            f,
            "{} runs of the compiler, {} of rustc on {} messages{build}",
            self.repeats,
            self.rounds,
            self.crates.messages()
        )
    }
}

impl Code {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Called => "called",
        }
    }
}

impl Profile {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, FromArgMatches};

    fn plan(args: &[&str], quick: bool) -> Result<Plan> {
        let command = CompileArguments::augment_args(Command::new("compile").no_binary_name(true));
        Plan::new(
            &CompileArguments::from_arg_matches(&command.try_get_matches_from(args)?)?,
            quick,
        )
    }

    #[test]
    fn the_whole_plan_shows_growth_and_a_thousand_messages() {
        let whole = plan(&[], false).unwrap();
        let fields: Vec<usize> = whole.trees.iter().map(|tree| tree.fields()).collect();
        assert_eq!(fields, [25_000, 50_000, 100_000]);
        assert_eq!(whole.crates.messages(), 1000);
        assert_eq!(whole.weighed.map(Corpus::messages), [10, 60]);
        assert_eq!(
            whole.steps,
            [Step::Check, Step::Gen, Step::Hostile, Step::Rustc, Step::Weight]
        );
    }

    #[test]
    fn a_wrong_option_is_refused_by_its_name() {
        for arg in [
            "--ops=chek",
            "--files=0",
            "--repeats=0",
            "--messages=7",
            "--weighed=5",
            "--weighed=5,7",
            "--weighed=10,10",
            "--weighed=5,10,15",
            "--rounds=0",
            "--code=used",
        ] {
            let error = plan(&[arg], false).unwrap_err().to_string();
            let (name, _) = arg.split_once('=').unwrap();
            assert!(error.contains(name), "{arg}: {error}");
        }
    }
}
