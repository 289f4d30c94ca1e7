//! Servers and clients as processes of their own, for end-to-end tests.
//!
//! A server is started on port 0 and says on its first line of output where it listens; it is stopped by SIGTERM, as
//! an operator would, or killed with the handle. Nothing here waits by the clock.

#![forbid(unsafe_code)]
#![allow(clippy::panic, reason = "a test ends where what it stands on fails, in words")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// A server's process. Dropping it kills the process.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Where it listens: `127.0.0.1:PORT`.
    pub address: String,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it wrote to stdout after what was read before.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl ServerProcess {
    /// Starts `command` with the address `127.0.0.1:0` as its last argument and waits until it serves.
    ///
    /// # Panics
    /// Where it does not start, or does not say `serving … on ADDRESS`.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .arg("127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap_or_else(|error| panic!("cannot read from {command:?}: {error}"));
        let Some((_, address)) = line.trim_end().rsplit_once(" on ") else {
            panic!("{command:?} says {line:?} and not where it serves");
        };
        Self { child, stdout, address: address.into() }
    }

    /// Asks it to stop and waits for its end.
    ///
    /// # Panics
    /// Where the signal cannot be sent or its output cannot be read.
    #[must_use]
    pub fn terminate(mut self) -> Ended {
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(kill.as_ref().is_ok_and(ExitStatus::success), "cannot send SIGTERM: {kill:?}");
        let mut stdout = String::new();
        let read = self.stdout.read_to_string(&mut stdout);
        assert!(read.is_ok(), "cannot read its output: {read:?}");
        let status = self.child.wait().unwrap_or_else(|error| panic!("cannot wait for it: {error}"));
        Ended { status, stdout, stderr: String::new() }
    }

    /// Kills it without a word.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill and nothing to wait for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `command` to its end.
///
/// # Panics
/// Where it does not start.
pub fn run(command: &mut Command) -> Ended {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    Ended {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
