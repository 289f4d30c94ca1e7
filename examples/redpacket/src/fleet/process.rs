//! One service's process.

use std::fs::{File, read_to_string};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::{FleetPlan, Tier};

/// What a process is given to say where it listens, and to stop, on a slow and busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Dropped, it is killed.
#[derive(Debug)]
pub(super) struct Process {
    tier: Tier,
    child: Child,
    /// Open until the end: what it says last has nobody to read it, and is not to be its fault.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it, and waits until it says where it listens, which is the address. What it says on stderr is added to a file beside its store.
    pub(super) async fn start(
        plan: &FleetPlan,
        tier: Tier,
        listen: &str,
        configs: &[PathBuf],
    ) -> io::Result<(Self, String)> {
        let log = plan.dir.join(format!("{}.log", tier.name()));
        let began = log.metadata().map_or(0, |log| log.len());
        let stderr = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(&plan.program);
        command.arg(tier.name()).args(["--listen", listen]).arg("--data").arg(&plan.dir);
        for config in configs {
            command.arg("--config").arg(config);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).kill_on_drop(true);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| fault(tier, "has no stdout"))?;
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
        read.map_err(|_| fault(tier, "does not say where it listens"))??;
        match line.trim_end().rsplit_once(" on ") {
            Some((_, address)) => Ok((Self { tier, child, _stdout: stdout }, address.into())),
            None => Err(fault(tier, &format!("does not start: {}", said_since(&log, began)))),
        }
    }

    /// `None`: it is gone.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub(super) async fn kill(&mut self) -> io::Result<()> {
        self.child.kill().await
    }

    /// Asks it to stop by SIGTERM, and waits until it has.
    pub(super) async fn stop(&mut self) -> io::Result<()> {
        let Some(pid) = self.child.id() else { return Ok(()) };
        // The shell has it built in.
        let asked = Command::new("sh").args(["-c", "kill -s TERM \"$0\"", &pid.to_string()]).status().await?;
        if !asked.success() {
            return Err(fault(self.tier, "cannot be asked to stop"));
        }
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.map_err(|_| fault(self.tier, "does not stop"))??;
        if status.success() { Ok(()) } else { Err(fault(self.tier, &format!("has ended with {status}"))) }
    }
}

/// What is wrong with a service's process.
pub(super) fn fault(tier: Tier, what: &str) -> io::Error {
    io::Error::other(format!("{}: {what}", tier.name()))
}

/// What a log says from there on.
fn said_since(log: &Path, began: u64) -> String {
    let text = read_to_string(log).unwrap_or_default();
    usize::try_from(began).ok().and_then(|began| text.get(began..)).unwrap_or(&text).trim().to_owned()
}
