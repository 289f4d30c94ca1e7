//! A server in a process of its own: this program once more, told by its environment what to be.
#![allow(dead_code, reason = "each test program uses its own part of this module")]

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use svrkit_runtime::Server;

use crate::support::Test;

const ADDRESS: &str = "TAKEOVER_TEST_ADDRESS";
const PATH: &str = "TAKEOVER_TEST_PATH";
/// The server is not ready before this file is there.
const READY: &str = "TAKEOVER_TEST_READY";

#[tokio::test]
#[ignore = "the process of other tests' servers"]
async fn serves() {
    let variable = |name| std::env::var(name).ok();
    let address = variable(ADDRESS).expect("it is started by other tests");
    let mut server = Server::new().service(Test::default());
    if let Some(path) = variable(PATH) {
        server = server.takeover(path);
    }
    if let Some(file) = variable(READY).map(PathBuf::from) {
        server.health().readiness_check("file", move || {
            let is_there = file.exists();
            async move { if is_there { Ok(()) } else { Err("it is not there") } }
        });
    }
    server.serve(address).await.unwrap();
}

/// Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
}

impl Process {
    /// Starts a server at `address` that takes over at `path`, and is ready when `ready` is there.
    pub(crate) fn start(address: &str, path: &Path, ready: Option<&Path>) -> Self {
        Self::spawn(Self::command(address).env(PATH, path).envs(ready.map(|file| (READY, file))))
    }

    /// What starts a server at `address`.
    pub(crate) fn command(address: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "process::serves", "--ignored", "--nocapture"]).env(ADDRESS, address);
        command
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let err = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, out, err }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it serves, and says where.
    pub(crate) fn serving(&mut self) -> String {
        let line = find(&mut self.out, "serving test.");
        line.split_once(" on ").unwrap().1.into()
    }

    /// Waits until it says a line with `words` on stderr.
    pub(crate) fn says(&mut self, words: &str) -> String {
        find(&mut self.err, words)
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself, with every call answered.
    #[track_caller]
    pub(crate) fn ended(mut self) {
        find(&mut self.out, "stopped: every call was answered");
        assert!(self.child.wait().unwrap().success());
    }

    /// Sends it SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal. The shell has `kill` built in; a program of this name need not be there.
    pub(crate) fn signal(&self, name: &str) {
        let kill = ["-c", "kill -s \"$0\" \"$1\"", name, &self.pid().to_string()];
        let sent = Command::new("sh").args(kill).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next line with `words` in it.
#[track_caller]
fn find(lines: &mut impl Iterator<Item = std::io::Result<String>>, words: &str) -> String {
    let mut before = Vec::new();
    for line in lines {
        let line = line.unwrap();
        if line.contains(words) {
            return line;
        }
        before.push(line);
    }
    panic!("no line with {words:?} but {before:#?}");
}
