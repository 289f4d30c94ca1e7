//! What is measured and how long: the options of the case.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use super::job::{Job, Lib, Op};
use super::messages::{self, MESSAGES, Message};
use crate::pin;

#[derive(Args, Clone, Debug)]
pub(super) struct CodecArguments {
    /// Which messages [default: all]
    #[arg(long, value_name = "MESSAGE,…", value_delimiter = ',')]
    messages: Vec<String>,
    /// What is done with them [default: all]
    #[arg(long, value_enum, value_name = "OP,…", value_delimiter = ',')]
    ops: Vec<Op>,
    /// By whom [default: all]
    #[arg(long, value_enum, value_name = "LIB,…", value_delimiter = ',')]
    libs: Vec<Lib>,
    /// Rounds, of which the median is taken [default: 21; quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// CPU time of one library in one round, milliseconds [default: 3; quick: 0.1]
    #[arg(long)]
    batch_ms: Option<f64>,
    /// Counts instructions by valgrind's callgrind instead of measuring time
    #[arg(long)]
    instructions: bool,
    /// The core to run on [default: the last this process may use]
    #[arg(long)]
    core: Option<usize>,
}

/// The whole run.
pub(super) struct Plan {
    pub messages: Vec<&'static Message>,
    ops: Vec<Op>,
    libs: Vec<Lib>,
    pub rounds: u32,
    pub batch: Duration,
    pub unit: Unit,
    core: usize,
}

/// What is asked of each job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Time,
    Instructions,
}

impl Plan {
    /// Also moves this process to its core.
    pub(super) fn new(arguments: &CodecArguments, quick: bool) -> Result<Self> {
        let messages = match arguments.messages.as_slice() {
            [] => MESSAGES.iter().collect(),
            names => {
                let named = names
                    .iter()
                    .map(|name| messages::named(name).context("--messages"));
                named.collect::<Result<_>>()?
            }
        };
        let (rounds, batch_ms) = if quick { (1, 0.1) } else { (21, 3.0) };
        let batch_ms = arguments.batch_ms.unwrap_or(batch_ms);
        if !(0.001..=10_000.0).contains(&batch_ms) {
            bail!("--batch-ms must lie between 0.001 and 10000, is {batch_ms}");
        }
        let core = match arguments.core {
            Some(core) => core,
            None => pin::last_core()?,
        };
        pin::pin_to(core)?;
        Ok(Self {
            messages,
            ops: or_all(&arguments.ops),
            libs: or_all(&arguments.libs),
            rounds: arguments.rounds.unwrap_or(rounds),
            batch: Duration::from_secs_f64(batch_ms / 1e3),
            unit: if arguments.instructions {
                Unit::Instructions
            } else {
                Unit::Time
            },
            core,
        })
    }

    pub(super) fn wants(&self, job: &Job) -> bool {
        self.ops.contains(&job.op) && self.libs.contains(&job.lib)
    }
}

fn or_all<T: ValueEnum>(chosen: &[T]) -> Vec<T> {
    if chosen.is_empty() {
        T::value_variants().to_vec()
    } else {
        chosen.to_vec()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let build = if cfg!(debug_assertions) {
            "; DEBUG BUILD, its figures say nothing: use --release"
        } else {
            ""
        };
        let allocator = if cfg!(feature = "mimalloc") {
            "mimalloc"
        } else {
            "the system's allocator"
        };
        if self.unit == Unit::Instructions {
            return write!(f, "instructions by callgrind, {allocator}{build}");
        }
        write!(
            f,
            "nanoseconds of CPU time, medians of {} rounds of {:?} on core {}, {allocator}{build}",
            self.rounds, self.batch, self.core
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, FromArgMatches};

    #[test]
    fn a_wrong_option_is_refused_by_its_name() {
        for arg in [
            "--messages=profil",
            "--ops=encod",
            "--libs=protobuf",
            "--rounds=0",
            "--batch-ms=0",
            "--core=100000",
        ] {
            let command = CodecArguments::augment_args(Command::new("codec").no_binary_name(true));
            let plan = command.try_get_matches_from([arg]).map_err(anyhow::Error::from);
            let plan = plan.and_then(|matches| Plan::new(&CodecArguments::from_arg_matches(&matches)?, true));
            let error = format!("{:#}", plan.err().expect("refused"));
            let (name, _) = arg.split_once('=').unwrap();
            assert!(error.contains(name.trim_start_matches("--")), "{arg}: {error}");
        }
    }
}
