//! Runs a test and asks for everything back.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use svrkit_runtime::metrics::Metrics;
use tokio::runtime::{Builder, Handle};
use tokio::task::yield_now;
use tokio::time::timeout;

/// Only one at a time: file descriptors are the process's.
static ALONE: Mutex<()> = Mutex::new(());

/// What ends has so long to do it, several times what a peer gets to close. Then it counts as left over.
const PATIENCE: Duration = Duration::from_secs(20);

/// A test that takes longer will never end: what it waits for was lost, and whoever runs it is to be told.
const LOST: Duration = Duration::from_secs(300);

/// Runs `test` on a runtime of its own. It fails if one of its tasks or file descriptors is left in the end.
pub(crate) fn leaving_nothing<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    let _alone = alone();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        timeout(LOST, run(test)).await.expect("what the test waits for will come");
    });
}

async fn run<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    // The process's, from its first server or client to its end: they have a file.
    let _metrics = Metrics::process();
    let before = Left::now();
    test().await;
    let ended = timeout(PATIENCE, async {
        while Left::now() != before {
            yield_now().await;
        }
    });
    if ended.await.is_err() {
        panic!("left over: {:?}, there were {before:?}", Left::now());
    }
}

/// Runs `test` by a clock that goes on only where nobody has anything to do. It needs no sockets.
pub(crate) fn with_paused_clock<T>(test: impl Future<Output = T>) -> T {
    // The runtime itself has descriptors, which others must not count.
    let _alone = alone();
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(test)
}

/// Runs `test`, which opens files of this process, while nobody counts those that are left.
pub(crate) fn by_itself<T>(test: impl Future<Output = T>) -> T {
    let _alone = alone();
    Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, PartialEq, Eq)]
struct Left {
    tasks: usize,
    descriptors: usize,
}

impl Left {
    fn now() -> Self {
        Self { tasks: Handle::current().metrics().num_alive_tasks(), descriptors: descriptors() }
    }
}

/// How many files this process has open; always the same where the system does not say.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

#[test]
#[should_panic(expected = "left over: Left { tasks: ")]
fn what_is_left_is_found() {
    with_paused_clock(run(async || {
        tokio::spawn(std::future::pending::<()>());
        // The clock goes on by itself only where nobody has anything to do.
        tokio::spawn(tokio::time::advance(PATIENCE));
    }));
}
