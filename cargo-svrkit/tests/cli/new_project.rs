//! A new project builds, runs, is called, stops, passes its tests and its lints, as it is.
//!
//! It is built against this checkout by cargo, offline and with the versions this workspace is locked to, in a target
//! folder that stays from run to run.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::support::Folder;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// How long cargo may build on a slow and busy machine.
const BUILD_MAX: Duration = Duration::from_secs(540);

/// How long a built server may need to start, or to stop.
const SERVER_MAX: Duration = Duration::from_secs(60);

#[test]
fn a_new_project_serves_calls_stops_and_passes_its_tests() {
    let folder = Folder::new();
    // The folder of another workspace: the project must not be taken for a part of it.
    folder.write("Cargo.toml", "[workspace]\nresolver = \"3\"\n");
    let made = folder.svrkit(["svrkit", "new", "shop", "--kit", CHECKOUT]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let shop = folder.path().join("shop");
    fs::copy(Path::new(CHECKOUT).join("Cargo.lock"), shop.join("Cargo.lock")).unwrap();

    finish(cargo(&shop, &["build", "--examples", "--bins"]), BUILD_MAX);

    let mut server = Server::start(cargo(&shop, &["run", "--quiet", "--", "127.0.0.1:0"]));
    let serving = server.line();
    let address = serving
        .strip_prefix("serving shop.Shop on ")
        .unwrap_or_else(|| panic!("it says `{serving}`"))
        .to_owned();

    let call = |name| cargo(&shop, &["run", "--quiet", "--example", "call", "--", name, &address]);
    for (name, answer) in [("Ada", "Hello, Ada!\n"), ("you", "Hello, you!\n")] {
        assert_eq!(finish(call(name), BUILD_MAX), answer);
    }
    let refused = end(call(""), BUILD_MAX);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        refused.stderr.contains("INVALID_ARGUMENT") && refused.stderr.contains("`name` is empty"),
        "{}",
        refused.stderr
    );

    let (status, lines) = server.stop();
    assert_eq!(status.code(), Some(0), "the server ended with {status}: {lines:?}");
    let away = end(call("Ada"), BUILD_MAX);
    assert_eq!(away.status.code(), Some(1));
    assert!(away.stderr.contains("UNAVAILABLE") && away.stderr.contains(&address), "{}", away.stderr);

    let tested = finish(cargo(&shop, &["test"]), BUILD_MAX);
    for test in ["a_client_is_greeted_by_name_over_a_socket", "a_greeting_without_a_name_is_refused"] {
        assert!(tested.contains(&format!("test {test} ... ok")), "{tested}");
    }
    finish(cargo(&shop, &["clippy", "--all-targets", "--", "-D", "warnings"]), BUILD_MAX);

    // A break of the schema reaches the user of `cargo build` as it reaches the user of `cargo svrkit check`.
    let schema = folder.read("shop/schemas/shop.xml");
    folder.write("shop/schemas/shop.xml", &schema.replace("request=", "reqest="));
    let checked = Command::new(env!("CARGO_BIN_EXE_cargo-svrkit"))
        .args(["check", "schemas/shop.xml"])
        .current_dir(&shop)
        .output()
        .unwrap();
    let findings = String::from_utf8(checked.stderr).unwrap();
    assert!(findings.contains("reqest") && findings.contains("`request`"), "{findings}");
    let built = end(cargo(&shop, &["build"]), BUILD_MAX);
    assert!(!built.status.success());
    for line in findings.lines() {
        assert!(built.stderr.contains(line), "no `{line}` in: {}", built.stderr);
    }
}

/// Cargo in the project, offline, with a target folder that is kept.
fn cargo(project: &Path, args: &[&str]) -> Command {
    let (verb, rest) = args.split_first().unwrap();
    let mut command = Command::new(env!("CARGO"));
    command
        .args([verb, "--offline"])
        .args(rest)
        .env("CARGO_TARGET_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/new-project"))
        .env("CARGO_TERM_COLOR", "never")
        .current_dir(project)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

/// Runs a command to its end, and kills it at `max`.
#[track_caller]
fn end(mut command: Command, max: Duration) -> Ended {
    let child = command.spawn().unwrap();
    let pid = child.id();
    let (ended, when_ended) = mpsc::channel();
    thread::spawn(move || ended.send(child.wait_with_output()));
    let Ok(output) = when_ended.recv_timeout(max) else {
        signal(pid, "KILL");
        panic!("{command:?} was not done after {max:?}");
    };
    let output = output.unwrap();
    Ended {
        status: output.status,
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The same for a command that must succeed; what it printed.
#[track_caller]
fn finish(command: Command, max: Duration) -> String {
    let shown = format!("{command:?}");
    let Ended { status, stdout, stderr } = end(command, max);
    assert!(status.success(), "{shown} ended with {status}\n{stdout}\n{stderr}");
    stdout
}

/// A server that runs until it is stopped, or the test fails.
struct Server {
    child: Child,
    lines: Receiver<String>,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (line, lines) = mpsc::channel();
        // Ends with the process, whose output it reads.
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        Self { child, lines }
    }

    /// The next line it prints.
    #[track_caller]
    fn line(&self) -> String {
        let line = self.lines.recv_timeout(SERVER_MAX);
        line.unwrap_or_else(|error| panic!("the server printed no line in {SERVER_MAX:?}: {error}"))
    }

    /// Asks it to stop; how it ended, and what else it printed.
    #[track_caller]
    fn stop(&mut self) -> (ExitStatus, Vec<String>) {
        signal(self.child.id(), "TERM");
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(SERVER_MAX) {
                Ok(line) => rest.push(line),
                // Its output is closed: it has ended.
                Err(mpsc::RecvTimeoutError::Disconnected) => return (self.child.wait().unwrap(), rest),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    panic!("the server did not stop in {SERVER_MAX:?}: {rest:?}")
                }
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status();
    assert!(status.expect("kill can be called").success(), "cannot send {name} to {pid}");
}
