//! The streams that are open on a connection, at one end of it, and who ends those on which nothing happens.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::end::StreamEnd;
use crate::task;

/// How often one looks whether anything has happened within `stream.idle`: a stream lives that long, and a fourth more at most.
const LOOKS: u32 = 4;

/// The open streams of one end of a connection, by the ids of their calls. It holds nothing until there is one.
#[derive(Debug, Default)]
pub(crate) struct Streams(OnceLock<Arc<Table>>);

#[derive(Debug, Default)]
struct Table {
    ends: Mutex<BTreeMap<u32, Arc<StreamEnd>>>,
    /// Told when there is one again.
    begun: Notify,
    keeper: OnceLock<AbortHandle>,
}

impl Streams {
    /// Adds one. A task looks after all of them, and names those on which nothing happened for `idle` to `on_idle`. Must be called
    /// within a tokio runtime.
    pub(crate) fn insert(
        &self,
        call_id: u32,
        end: &Arc<StreamEnd>,
        idle: Duration,
        on_idle: impl Fn(u32) + Send + 'static,
    ) {
        let table = self.0.get_or_init(Arc::default);
        table.keeper.get_or_init(|| task::spawn(keep(Arc::clone(table), idle, on_idle)).abort_handle());
        let mut ends = table.lock();
        ends.insert(call_id, Arc::clone(end));
        if ends.len() == 1 {
            table.begun.notify_one();
        }
    }

    pub(crate) fn find(&self, call_id: u32) -> Option<Arc<StreamEnd>> {
        self.0.get()?.lock().get(&call_id).cloned()
    }

    /// Ends a stream with its call. What has come can still be taken.
    pub(crate) fn close(&self, call_id: u32) -> Option<Arc<StreamEnd>> {
        let end = self.0.get()?.lock().remove(&call_id)?;
        end.close();
        Some(end)
    }

    /// Ends all of them with their connection.
    pub(crate) fn close_all(&self) {
        let Some(table) = self.0.get() else { return };
        let ends = std::mem::take(&mut *table.lock());
        ends.into_values().for_each(|end| end.close());
        if let Some(keeper) = table.keeper.get() {
            keeper.abort();
        }
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        self.close_all();
    }
}

impl Table {
    /// Each change under the lock is one operation of the map: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<StreamEnd>>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks after the streams of `table` for as long as it is polled. No stream costs a timer or a look at the clock of its own.
async fn keep(table: Arc<Table>, idle: Duration, on_idle: impl Fn(u32)) {
    let mut still = BTreeMap::new();
    loop {
        while table.lock().is_empty() {
            still.clear();
            table.begun.notified().await;
        }
        sleep(idle / LOOKS).await;
        let stirs: Vec<_> = table.lock().iter().map(|(call_id, end)| (*call_id, end.stirs())).collect();
        still = look(&still, &stirs);
        still.iter().filter(|(_, look)| look.times >= LOOKS).for_each(|(call_id, _)| on_idle(*call_id));
    }
}

/// What was seen of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    stirs: u64,
    /// How many looks in a row have seen the same.
    times: u32,
}

/// What is known after another look at all streams.
fn look(before: &BTreeMap<u32, Look>, stirs: &[(u32, Option<u64>)]) -> BTreeMap<u32, Look> {
    let seen = stirs.iter().filter_map(|(call_id, stirs)| Some((*call_id, (*stirs)?)));
    let looks = seen.map(|(call_id, stirs)| match before.get(&call_id) {
        Some(look) if look.stirs == stirs => (call_id, Look { stirs, times: look.times + 1 }),
        _ => (call_id, Look { stirs, times: 0 }),
    });
    looks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_count_what_stands_still() {
        let mut known = BTreeMap::new();
        for (stirs, expected) in [
            (Some(0), Some((0, 0))),
            (Some(0), Some((0, 1))),
            (Some(1), Some((1, 0))),
            (Some(1), Some((1, 1))),
            (None, None),
            (Some(1), Some((1, 0))),
            (Some(1), Some((1, 1))),
        ] {
            known = look(&known, &[(7, stirs)]);
            assert_eq!(known.get(&7).map(|look| (look.stirs, look.times)), expected);
        }
        assert!(look(&known, &[]).is_empty());
    }
}
