//! What every queue keeps, what workers do, and what becomes of jobs when their process is killed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod contract;
mod killed;
mod tables;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::queue::{MemoryQueue, Queue};
use svrkit_store::{QueueLimits, Store, TableQueue};
use tokio::time::Instant;

/// Milliseconds of tokio's clock, which tests have paused, since some day.
fn clock() -> impl Fn() -> u64 + Send + Sync + 'static {
    let born = Instant::now();
    move || 1_700_000_000_000 + u64::try_from(born.elapsed().as_millis()).unwrap()
}

async fn tables(store: Store, limits: QueueLimits) -> TableQueue {
    TableQueue::open_by_clock(store, limits, clock()).await.unwrap()
}

/// One of each kind.
async fn queues() -> Vec<Arc<dyn Queue>> {
    let tables = tables(Store::in_memory(), QueueLimits::default()).await;
    vec![Arc::new(MemoryQueue::default()), Arc::new(tables)]
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
