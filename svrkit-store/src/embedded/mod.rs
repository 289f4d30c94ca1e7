//! The engine in a file of this machine: redb's B-tree, written by one thread.

mod committer;
mod fault;
mod file;
mod layout;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use self::committer::Waiting;
use self::file::StoreFile;
use svrkit_runtime::queue::Guarantee;

use crate::changes::Changes;
use crate::engine::{Engine, Found, KeyRange, Page, Pending, Stored};
use crate::error::StoreError;
use crate::limits::StoreLimits;

/// The engine in a file of this machine. Reads are made where they are asked for: what is not in memory has to be read from the disk there.
///
/// When it is dropped, it waits for the commits that it has taken.
#[derive(Debug)]
pub struct Embedded {
    file: Arc<StoreFile>,
    /// `None`: it is being dropped.
    waiting: Option<SyncSender<Waiting>>,
    waiting_max: usize,
    writer: Option<JoinHandle<()>>,
}

impl Embedded {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Damaged`], [`StoreError::Format`], [`StoreError::Failed`].
    pub fn open(path: &Path, limits: &StoreLimits) -> Result<Self, StoreError> {
        let file = Arc::new(StoreFile::open(path, limits.cache)?);
        let (sender, receiver) = sync_channel(limits.waiting);
        let written = Arc::clone(&file);
        let writer = std::thread::Builder::new()
            .name("svrkit-store".into())
            .spawn(move || committer::write_all(&written, &receiver))
            .map_err(|error| failed("start the writer of", path, error))?;
        Ok(Self { file, waiting: Some(sender), waiting_max: limits.waiting, writer: Some(writer) })
    }

    async fn write(&self, changes: Changes) -> Result<u64, StoreError> {
        let (answer, answered) = oneshot::channel();
        let stopped =
            || failed("write to", Path::new("the store"), io::Error::other("its writer has stopped"));
        let waiting = self.waiting.as_ref().ok_or_else(stopped)?;
        match waiting.try_send(Waiting { changes, answer }) {
            Ok(()) => answered.await.unwrap_or_else(|_| Err(stopped())),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy { max: self.waiting_max }),
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }
}

fn failed(doing: &'static str, with: &Path, error: io::Error) -> StoreError {
    StoreError::Failed { doing, with: with.display().to_string(), error: Arc::new(error) }
}

impl Engine for Embedded {
    fn guarantee(&self) -> Guarantee {
        Guarantee::Local
    }

    fn get<'a>(&'a self, table: &'static str, key: &'a [u8]) -> Pending<'a, Option<Stored>> {
        Box::pin(async move { self.file.get(table, key) })
    }

    fn scan(&self, table: &'static str, range: KeyRange, page: Page) -> Pending<'_, Vec<Found>> {
        Box::pin(async move { self.file.scan(table, &range, page) })
    }

    fn commit(&self, changes: Changes) -> Pending<'_, u64> {
        Box::pin(self.write(changes))
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.waiting.take());
        if let Some(writer) = self.writer.take() {
            // Who panicked has said so.
            let _panicked = writer.join();
        }
    }
}
