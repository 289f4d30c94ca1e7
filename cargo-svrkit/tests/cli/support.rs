//! Runs the built command as a user does, in a folder of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Whether `component` of rustup, which its minimal profile leaves out, is there: `command --version` succeeds. Where it
/// is not, what is `left_out` is told.
pub(crate) fn has_component(component: &str, command: &mut Command, left_out: &str) -> bool {
    answers(
        command,
        left_out,
        &format!("{component} is absent; `rustup component add {component}` brings it"),
    )
}

/// Whether `command --version` succeeds. Where it does not, what is `left_out` is told on stderr, past what the test harness captures.
pub(crate) fn answers(command: &mut Command, left_out: &str, why: &str) -> bool {
    let is_there = command.arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        io::stderr().write_all(format!("LEFT OUT: {left_out}: {why}\n").as_bytes()).unwrap();
    }
    is_there
}

/// A folder to call the command in, gone with it.
pub(crate) struct Folder(TempDir);

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders it needs.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The names of what is in it, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Calls `cargo-svrkit` in this folder.
    pub(crate) fn svrkit<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I) -> Ended {
        self.svrkit_with(args, b"")
    }

    /// The same, with something on standard input.
    pub(crate) fn svrkit_with<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I, stdin: &[u8]) -> Ended {
        let output = self.output(args, stdin);
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The exit code, and what stands on standard output, which may be no text.
    pub(crate) fn svrkit_bytes<I: IntoIterator<Item: AsRef<OsStr>>>(
        &self,
        args: I,
        stdin: &[u8],
    ) -> (i32, Vec<u8>) {
        let output = self.output(args, stdin);
        (output.status.code().unwrap(), output.stdout)
    }

    fn output<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I, stdin: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-svrkit"))
            .args(args)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nobody has to read it.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        child.wait_with_output().unwrap()
    }
}

impl Ended {
    #[track_caller]
    pub(crate) fn check(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (self.code, &*self.stdout, &*self.stderr),
            (code, stdout, stderr),
            "\nstdout: {}\nstderr: {}",
            self.stdout,
            self.stderr
        );
    }
}
