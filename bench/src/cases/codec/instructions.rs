//! Instructions, counted by callgrind: unlike times they are the same in every run, on a busy machine too.
//!
//! Each job runs in a process of its own, and only its pass is counted, after one that warms up. What the libraries
//! allocate is counted with them. Hash maps with a seed of their own are the exception: they differ from run to run.

use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use anyhow::{Context, Result, ensure};
use clap::{Arg, ArgMatches, Command};
use tempfile::TempDir;

use super::job::Job;
use super::messages;
use super::plan::Plan;
use super::row::Row;

/// The hidden command that runs one job.
pub(crate) const COUNTED: &str = "__codec";

/// What names a job on the command line, in this order.
const NAMES: [&str; 4] = ["message", "op", "lib", "containers"];

pub(crate) fn command() -> Command {
    let names = NAMES.map(|name| Arg::new(name).required(true));
    Command::new(COUNTED).hide(true).args(names)
}

/// Runs the job that `matches` names: a pass to warm up, and one that counts.
pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let [message, op, lib, containers] =
        NAMES.map(|name| matches.get_one::<String>(name).map_or("", String::as_str));
    let message = messages::named(message)?;
    let jobs = (message.jobs)(message.name)?;
    let job = jobs
        .into_iter()
        .find(|job| [job.op.word(), job.lib.word(), job.containers.word()] == [op, lib, containers]);
    let mut job = job.with_context(|| format!("{lib} has no {op} of {}", message.name))?;
    (job.passes)(1)?;
    codec_counted_pass(&mut job)
}

/// Callgrind counts from the call of this function to its end.
#[inline(never)]
fn codec_counted_pass(job: &mut Job) -> Result<()> {
    (job.passes)(1)
}

/// Counts those jobs of one message that the plan wants.
pub(super) fn measure(plan: &Plan, jobs: Vec<Job>) -> Result<Vec<Row>> {
    let wanted = jobs.into_iter().filter(|job| plan.wants(job));
    wanted.map(|job| count(&job)).collect()
}

fn count(job: &Job) -> Result<Row> {
    let folder = TempDir::new().context("cannot make a folder for callgrind")?;
    let file = folder.path().join("callgrind");
    let program = std::env::current_exe().context("this program has no path")?;
    let status = Process::new("valgrind")
        .arg("--tool=callgrind")
        .arg("--toggle-collect=*codec_counted_pass*")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args([
            COUNTED,
            job.message,
            job.op.word(),
            job.lib.word(),
            job.containers.word(),
        ])
        .stderr(Stdio::null())
        .status()
        .context("cannot start valgrind; is it installed?")?;
    ensure!(
        status.success(),
        "{} of {} by {} ended with {status} under valgrind",
        job.op.word(),
        job.message,
        job.lib.word()
    );
    let counted = counted(&file)?;
    Ok(Row::counted(job, counted as f64 / job.samples as f64))
}

/// What callgrind's file says of the whole run.
fn counted(file: &Path) -> Result<u64> {
    let text = fs::read_to_string(file).context("callgrind left no file")?;
    total(&text).context("callgrind counted nothing")
}

fn total(text: &str) -> Option<u64> {
    let total = text.lines().find_map(|line| line.strip_prefix("totals:"))?;
    total.trim().parse().ok().filter(|total| 0 < *total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_and_none_is_no_total() {
        for (text, expected) in [
            ("version: 1\ntotals: 4711\n", Some(4711)),
            ("version: 1\ntotals: 0\n", None),
            ("version: 1\n", None),
        ] {
            assert_eq!(total(text), expected, "{text:?}");
        }
    }
}
