//! Servers and clients as processes of their own, for end-to-end tests.
//!
//! A server is started on port 0 and says on its first line of output where it listens; it is stopped by SIGTERM, as
//! an operator would, or killed with the handle. Nothing here sleeps: every wait is for an event, and a process that
//! lets it wait too long is killed and told in a panic, with all it said.

#![forbid(unsafe_code)]
#![allow(clippy::panic, reason = "a test ends where what it stands on fails, in words")]

mod lines;
mod running;

use std::process::{Command, ExitStatus};
use std::time::Duration;

use running::Running;

/// How long a built program may take to start, to stop or to be done, on a slow and busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server's process. Dropping it kills the process.
#[derive(Debug)]
pub struct ServerProcess {
    running: Running,
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
    /// Where it does not start, or does not say `serving … on ADDRESS` within [`PATIENCE`]. It is killed then.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut running = Running::start(command.arg("127.0.0.1:0"));
        let line = running.line(PATIENCE);
        let Some((_, address)) =
            line.strip_prefix("serving ").and_then(|it| it.trim_end().rsplit_once(" on "))
        else {
            let said = running.kill();
            panic!("{command:?} says {line:?} and not where it serves\n{}{}", said.stdout, said.stderr);
        };
        Self { running, address: address.into() }
    }

    /// Asks it to stop and waits for its end.
    ///
    /// # Panics
    /// Where the signal cannot be sent, or it does not end within [`PATIENCE`]. It is killed then.
    #[must_use]
    pub fn terminate(self) -> Ended {
        self.terminate_within(PATIENCE)
    }

    fn terminate_within(mut self, max: Duration) -> Ended {
        self.running.ask_to_stop();
        self.running.end(max)
    }

    /// Kills it without a word.
    pub fn kill(self) {
        drop(self);
    }
}

/// Runs `command`, a built program, to its end.
///
/// # Panics
/// Where it does not start, or does not end within [`PATIENCE`]. It is killed then.
pub fn run(command: &mut Command) -> Ended {
    run_within(command, PATIENCE)
}

/// Runs `command` to its end.
///
/// # Panics
/// Where it does not start, or does not end within `max`. It is killed then.
pub fn run_within(command: &mut Command, max: Duration) -> Ended {
    Running::start(command).end(max)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    /// A shell's program, which gets the address as `$0`.
    fn shell(program: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", program]);
        command
    }

    /// What `act` says when it panics.
    #[track_caller]
    fn panic_of(act: impl FnOnce() -> String) -> String {
        match catch_unwind(AssertUnwindSafe(act)) {
            Ok(value) => panic!("no panic but {value:?}"),
            Err(payload) => *payload.downcast().expect("it panics in words"),
        }
    }

    #[track_caller]
    fn check_is_gone(pid: &str) {
        let asked = run(shell("kill -s 0 \"$0\"").arg(pid));
        assert!(!asked.status.success(), "process {pid} is there still");
    }

    #[test]
    fn a_server_that_stops_gives_all_it_said() {
        let server = ServerProcess::start(&mut shell(
            "trap 'echo stopped; echo why >&2; exit 3' TERM; echo early >&2; echo \"serving x on $0\"; \
             while :; do :; done",
        ));
        assert_eq!(server.address, "127.0.0.1:0");
        let ended = server.terminate();
        assert_eq!(
            (ended.status.code(), &*ended.stdout, &*ended.stderr),
            (Some(3), "stopped\n", "early\nwhy\n")
        );
    }

    #[test]
    fn a_server_that_starts_wrongly_is_killed_and_told() {
        for (program, part) in [
            ("echo why >&2; echo $$; while :; do :; done", "and not where it serves\nwhy\n"),
            ("echo why >&2; echo \"$$ on \"; while :; do :; done", "and not where it serves\nwhy\n"),
        ] {
            let said = panic_of(|| ServerProcess::start(&mut shell(program)).address);
            assert!(said.contains(part), "{said}");
            let (_, line) = said.split_once(" says \"").unwrap();
            let pid: String = line.chars().take_while(char::is_ascii_digit).collect();
            check_is_gone(&pid);
        }
        let said = panic_of(|| ServerProcess::start(&mut shell("echo why >&2; exit 7")).address);
        assert!(said.contains("says \"\" and not where it serves\nwhy\n"), "{said}");
    }

    #[test]
    fn a_server_that_does_not_stop_is_killed_and_told() {
        let server = ServerProcess::start(&mut shell(
            "trap 'echo never >&2' TERM; echo \"serving $$ on $0\"; while :; do :; done",
        ));
        let pid = server.running.id().to_string();
        let said = panic_of(|| server.terminate_within(Duration::ZERO).stdout);
        assert!(said.contains("had not ended after 0ns"), "{said}");
        check_is_gone(&pid);
    }

    #[test]
    fn a_program_runs_to_its_end_with_more_output_than_a_pipe_holds() {
        let ended = run(&mut shell(
            "i=0; while [ $i -lt 3000 ]; do echo 'a line of forty characters, give or take'; \
             echo 'another of about as many' >&2; i=$((i+1)); done; exit 4",
        ));
        assert_eq!(ended.status.code(), Some(4));
        assert_eq!((ended.stdout.lines().count(), ended.stderr.lines().count()), (3000, 3000));
    }
}
