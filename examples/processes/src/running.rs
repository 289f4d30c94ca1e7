//! A process whose outputs are read, and which does not outlive its handle.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::lines::Lines;
use crate::{Ended, PATIENCE};

/// Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// The command, to be told with what went wrong.
    shown: String,
    stdout: Lines,
    stderr: Lines,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let shown = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {shown}: {error}"));
        let stdout = Lines::of(child.stdout.take().expect("stdout is piped"));
        let stderr = Lines::of(child.stderr.take().expect("stderr is piped"));
        Self { child, shown, stdout, stderr }
    }

    #[cfg(test)]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of its stdout, empty where that is at its end.
    pub(crate) fn line(&mut self, max: Duration) -> String {
        if let Some(line) = self.stdout.next(Instant::now() + max) {
            return line;
        }
        self.kill_and_panic(&format!("had not said a line after {max:?}"), "", "");
    }

    /// Sends SIGTERM. The shell has `kill` built in; a program of this name need not be there.
    pub(crate) fn ask_to_stop(&mut self) {
        let kill = Command::new("sh")
            .args(["-c", "kill -s TERM \"$0\"", &self.child.id().to_string()])
            .output()
            .unwrap_or_else(|error| panic!("cannot call sh: {error}"));
        if !kill.status.success() {
            let why = String::from_utf8_lossy(&kill.stderr);
            self.kill_and_panic(&format!("cannot be sent SIGTERM: {why}"), "", "");
        }
    }

    /// Waits for its end: that of its outputs, then its own.
    pub(crate) fn end(mut self, max: Duration) -> Ended {
        let deadline = Instant::now() + max;
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let is_closed = self.stdout.rest(deadline, &mut stdout) && self.stderr.rest(deadline, &mut stderr);
        if !is_closed {
            self.kill_and_panic(&format!("had not ended after {max:?}"), &stdout, &stderr);
        }
        let status =
            self.child.wait().unwrap_or_else(|error| panic!("cannot wait for {}: {error}", self.shown));
        Ended { status, stdout, stderr }
    }

    /// Kills it; what it said that was not read yet.
    pub(crate) fn kill(&mut self) -> Ended {
        // It may have ended by itself: then there is nothing to kill.
        let _ = self.child.kill();
        let status =
            self.child.wait().unwrap_or_else(|error| panic!("cannot wait for {}: {error}", self.shown));
        let (mut stdout, mut stderr) = (String::new(), String::new());
        // A process it started may hold its outputs open: what is there by then is shown.
        let deadline = Instant::now() + PATIENCE;
        let _ = self.stdout.rest(deadline, &mut stdout);
        let _ = self.stderr.rest(deadline, &mut stderr);
        Ended { status, stdout, stderr }
    }

    #[track_caller]
    fn kill_and_panic(&mut self, what: &str, stdout: &str, stderr: &str) -> ! {
        let said = self.kill();
        panic!("{} {what}\n{stdout}{}{stderr}{}", self.shown, said.stdout, said.stderr);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill and nothing to wait for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
