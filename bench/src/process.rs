//! Child processes: this program again, under one of its hidden commands.
//!
//! None outlives its parent: dropped ones are killed, and each dies by itself when the parent does
//! (`--die-with-parent`, see `child`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// This program.
pub(crate) fn own_program() -> Result<PathBuf> {
    std::env::current_exe().context("cannot find our own program")
}

/// A running child, and the lines it prints.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts this program with `arguments`. What it says on stderr goes to ours.
    pub(crate) fn start(arguments: &[String]) -> Result<Self> {
        Self::start_of(&own_program()?, arguments)
    }

    /// The same of another build of this program.
    pub(crate) fn start_of(program: &Path, arguments: &[String]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("the child has no stdout")?;
        Ok(Self {
            child,
            lines: BufReader::new(stdout).lines(),
        })
    }

    /// The next line the child prints. Fails when it ends first or takes longer than `limit`.
    pub(crate) async fn line(&mut self, limit: Duration) -> Result<String> {
        match timeout(limit, self.lines.next_line()).await {
            Ok(Ok(Some(line))) => Ok(line),
            Ok(Ok(None)) => {
                let status = self.child.wait().await.context("cannot wait for the child")?;
                bail!("it ended early, {status} (its own words are above, on stderr)")
            }
            Ok(Err(error)) => Err(error).context("cannot read what it prints"),
            Err(_) => bail!("it said nothing for {} s and was killed", limit.as_secs()),
        }
    }

    /// The process's id. Fails once it has ended.
    pub(crate) fn id(&self) -> Result<u32> {
        self.child.id().context("it has ended")
    }

    /// The most memory it ever held, in KiB: the kernel's `VmHWM`.
    pub(crate) fn peak_rss_kib(&self) -> Result<u64> {
        kib_of(&self.id()?.to_string(), PEAK)
    }

    /// The memory it holds now, in KiB: the kernel's `VmRSS`.
    pub(crate) fn rss_kib(&self) -> Result<u64> {
        kib_of(&self.id()?.to_string(), "VmRSS")
    }

    /// How often its threads went to sleep by themselves so far.
    pub(crate) fn wake_ups(&self) -> Result<u64> {
        let tasks = format!("/proc/{}/task", self.id()?);
        let threads = fs::read_dir(&tasks).with_context(|| format!("cannot read {tasks}"))?;
        threads
            .map(|thread| {
                let path = thread?.path().join("status");
                let status = fs::read_to_string(&path)?;
                let count = status
                    .lines()
                    .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
                count
                    .and_then(|count| count.trim().parse::<u64>().ok())
                    .with_context(|| format!("{} has no voluntary_ctxt_switches", path.display()))
            })
            .sum()
    }

    /// Whether it has ended by itself, and how.
    pub(crate) fn ended(&mut self) -> Option<String> {
        self.child
            .try_wait()
            .ok()
            .flatten()
            .map(|status| status.to_string())
    }

    /// Kills it and waits until it is gone.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill it")
    }
}

/// The most memory this process ever held, in KiB.
pub(crate) fn own_peak_rss_kib() -> Result<u64> {
    kib_of("self", PEAK)
}

/// The kernel's word for the most memory that a process ever held.
const PEAK: &str = "VmHWM";

fn kib_of(process: &str, word: &str) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    parse_kib(&status, word).with_context(|| format!("{path} has no {word}"))
}

fn parse_kib(status: &str, word: &str) -> Option<u64> {
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix(word)?.strip_prefix(':'))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_kernels_words() {
        for (status, expected) in [
            (
                "Name:\tbench\nVmHWM:\t    5804 kB\nVmRSS:\t 5000 kB\n",
                Some(5804),
            ),
            ("Name:\tkthread\n", None),
            ("VmHWM:\t 5 MB\n", None),
        ] {
            assert_eq!(parse_kib(status, "VmHWM"), expected, "{status:?}");
        }
    }
}
