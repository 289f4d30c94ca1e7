//! What is measured and how long: the options of the case.

use std::fmt;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::job::{Job, Lib, Op};
use super::messages::{MESSAGES, Message};
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
    core: usize,
}

impl Plan {
    /// Also moves this process to its core.
    pub(super) fn new(arguments: &CodecArguments, quick: bool) -> Result<Self> {
        let messages = match arguments.messages.as_slice() {
            [] => MESSAGES.iter().collect(),
            names => names.iter().map(|name| named(name)).collect::<Result<_>>()?,
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
            core,
        })
    }

    pub(super) fn wants(&self, job: &Job) -> bool {
        self.ops.contains(&job.op) && self.libs.contains(&job.lib)
    }
}

fn named(name: &str) -> Result<&'static Message> {
    match MESSAGES.iter().find(|message| message.name == name) {
        Some(message) => Ok(message),
        None => {
            let names: Vec<_> = MESSAGES.iter().map(|message| message.name).collect();
            bail!(
                "--messages: there is no `{name}`; the messages are {}",
                names.join(", ")
            )
        }
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
        write!(
            f,
            "medians of {} rounds of {:?} CPU time on core {}, {allocator}{build}",
            self.rounds, self.batch, self.core
        )
    }
}
