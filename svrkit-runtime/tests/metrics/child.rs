//! A server in a process of its own: this program once more, told by its environment what to be.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::ChildStderr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use svrkit_runtime::{Config, Metrics, Server};

use crate::own::{Payment, Sale, Shop, district};
use crate::support::Test;

/// Set where this program is the child, so that nobody starts it by mistake.
const CHILD: &str = "METRICS_TEST_CHILD";

/// Label sets that are counted before it serves.
pub(crate) const DISTRICTS: u64 = 30;

#[tokio::test]
#[ignore = "the process of another test's server"]
async fn serves() {
    std::env::var(CHILD).expect("it is started by another test");
    let config = Config::builder().environment().load().unwrap();
    let shop: Shop = Metrics::configured(&config).register().unwrap();
    shop.orders_placed.add(3);
    shop.queue.set(2);
    shop.cooking.record(Duration::from_secs(60));
    shop.paid.of(&Sale { payment: Payment::CashOnDelivery, is_new_customer: true }).add(4);
    // More than a segment begins with: 4.2 KiB each.
    for number in 0..DISTRICTS {
        shop.delivery.of(&district(&number.to_string())).record(Duration::from_secs(1));
    }
    Server::new().config(&config).service(Test::default()).serve("127.0.0.1:0").await.unwrap();
}

/// Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// A server whose segment is in `dir`.
    pub(crate) fn start(dir: &Path) -> Self {
        // Panics of handlers are a part of the test, and say so at length.
        Self::run(Command::new(std::env::current_exe().unwrap()).stderr(Stdio::null()), dir)
    }

    /// The same with admin pages, whose files may have so many blocks, of 512 bytes or, where the shell counts so, 1024; and what it writes to its log.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_room(dir: &Path, blocks: u32) -> (Self, Lines<BufReader<ChildStderr>>) {
        let mut command = Command::new("sh");
        // A write that is refused is an error then, as on a full disk, and no signal.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        command.args(["-c", &script]).arg(std::env::current_exe().unwrap());
        command.env("SVRKIT__ADMIN__LISTEN", "127.0.0.1:0").stderr(Stdio::piped());
        let mut process = Self::run(&mut command, dir);
        let told = BufReader::new(process.child.stderr.take().unwrap()).lines();
        (process, told)
    }

    fn run(command: &mut Command, dir: &Path) -> Self {
        command.args(["--exact", "child::serves", "--ignored", "--nocapture"]).env(CHILD, "1");
        command.env("SVRKIT__METRICS__DIR", dir).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, out }
    }

    /// Waits until it serves, and says where.
    pub(crate) fn serving(&mut self) -> String {
        let line = self.out.find_map(|line| line.ok().filter(|line| line.contains("serving test.Test on ")));
        line.expect("it serves").split_once(" on ").unwrap().1.into()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
