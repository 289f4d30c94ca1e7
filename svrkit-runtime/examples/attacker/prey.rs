//! The server that is attacked, in a process of its own.

use std::io::{BufRead, BufReader, Lines, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use svrkit_runtime::Limits;
use tokio::task::spawn_blocking;

use crate::arena::{self, Counts};

/// The argument with which this program is the server.
pub(crate) const SERVE: &str = "serve";

/// Bytes of a page, where /proc counts in pages.
const PAGE: u64 = 4096;

/// Serves until its input ends, and says where, and at the end what it has counted.
pub(crate) async fn serve() {
    let counts = Arc::new(Counts::default());
    let bound = arena::server(Limits::default(), &counts).bind("127.0.0.1:0").await.unwrap();
    println!("{}", bound.local_addr());
    let drained = bound.run_until(async {
        let _ = spawn_blocking(|| std::io::stdin().read(&mut [0])).await;
    });
    println!("{}; {counts}", drained.await);
}

/// A server that another process is.
pub(crate) struct Prey {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
}

impl Prey {
    /// `files`: how many the process may open.
    pub(crate) fn start(files: Option<u32>) -> Self {
        let own = std::env::current_exe().unwrap();
        let mut command = Command::new("sh");
        let limit = files.map_or_else(String::new, |files| format!("ulimit -n {files}; "));
        command.arg("-c").arg(format!("{limit}exec \"$0\" {SERVE}")).arg(own);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap().parse().unwrap();
        Self { child, lines, address }
    }

    /// Bytes of memory that its process has from the system. 0 where the system does not say so in a file.
    pub(crate) fn memory(&self) -> u64 {
        let id = self.child.id();
        let pages = std::fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
        pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * PAGE
    }

    /// What it has counted.
    pub(crate) fn stop(&mut self) -> String {
        drop(self.child.stdin.take());
        self.lines.next().unwrap().unwrap()
    }
}

impl Drop for Prey {
    /// Its input ends with this process, and so does it, if it still can.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
