//! A writer in a process of its own: this program once more, told by its environment what to be.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use svrkit_store::{Batch, Store, StoreError};
use tokio::sync::OnceCell;

use crate::records::{COUNTS, NOTES, Note, count};

/// Set where this program is the child: the file.
const CHILD: &str = "STORE_TEST_CHILD";

/// Tasks that write at once.
pub(crate) const WRITERS: u64 = 8;

/// Writes notes until it is killed, each writer one after the other, and says of each when it is acknowledged. A note and the count of its writer's notes are one
/// commit. Where one fails it says so, and goes on once it is told to by a line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process of another test's store"]
async fn writes() {
    let path = std::env::var(CHILD).expect("it is started by another test");
    let store = match Store::open(path) {
        Ok(store) => Arc::new(store),
        Err(error) => return say(&format!("failed {error}")),
    };
    say("opened");
    let told = Arc::new(OnceCell::new());
    let writers = (0..WRITERS).map(|writer| {
        let (store, told) = (Arc::clone(&store), Arc::clone(&told));
        tokio::spawn(async move {
            loop {
                let error = write_all(&store, writer).await;
                say(&format!("failed {error}"));
                if !*told.get_or_init(is_told_to_go_on).await {
                    return;
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn is_told_to_go_on() -> bool {
    let mut line = String::new();
    let read = tokio::task::spawn_blocking(move || std::io::stdin().read_line(&mut line).unwrap());
    read.await.unwrap() > 0
}

/// Writes until that fails.
async fn write_all(store: &Store, writer: u64) -> StoreError {
    let found = store.get(&COUNTS, &writer).await.unwrap();
    let (mut number, mut version) =
        found.map_or((0, None), |found| (found.record.number, Some(found.version)));
    loop {
        let batch = Batch::new().put_new(&NOTES, &(writer, number), &Note::of(number));
        let batch = match version {
            Some(version) => batch.put_if(&COUNTS, &writer, version, &count(number + 1)),
            None => batch.put_new(&COUNTS, &writer, &count(number + 1)),
        };
        match store.commit(batch).await {
            Ok(committed) => version = Some(committed),
            Err(error @ StoreError::Failed { .. }) => return error,
            Err(error) => panic!("{error}"),
        }
        say(&format!("wrote {writer} {number}"));
        number += 1;
    }
}

/// Beside what the test harness prints.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nchild: {line}").and_then(|()| out.flush()).unwrap();
}

/// Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// A writer of the store at `path`.
    pub(crate) fn start(path: &Path) -> Self {
        Self::run(Command::new(std::env::current_exe().unwrap()), path)
    }

    /// The same, whose files may have so many blocks, of 512 bytes or, where the shell counts so, 1024.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_room(path: &Path, blocks: u32) -> Self {
        let mut command = Command::new("sh");
        // A write that is refused is an error then, as on a full disk, and no signal.
        let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
        command.args(["-c", &script]).arg(std::env::current_exe().unwrap());
        Self::run(command, path)
    }

    fn run(mut command: Command, path: &Path) -> Self {
        let test = ["child::writes", "--exact", "--ignored", "--nocapture"];
        let child = command
            .args(test)
            .env(CHILD, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = child.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, out }
    }

    /// Gives it all the room there is, and has it go on.
    #[cfg(target_os = "linux")]
    pub(crate) fn give_room(&mut self) {
        let pid = self.child.id().to_string();
        let given = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited"]).status().unwrap();
        assert!(given.success());
        self.child.stdin.as_mut().unwrap().write_all(b"go on\n").unwrap();
    }

    /// Kills it, without a chance to end anything.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What it says, until it says no more.
impl Iterator for Process {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.out
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("child: ").map(str::to_owned))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
