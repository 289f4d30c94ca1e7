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
    open: Mutex<Open>,
    /// Told when there is one again.
    begun: Notify,
    keeper: OnceLock<AbortHandle>,
}

#[derive(Debug, Default)]
struct Open {
    ends: BTreeMap<u32, Numbered>,
    /// How many there were so far.
    begun: u64,
}

/// A stream with its number: its call's id may be another stream's as soon as it has ended.
#[derive(Debug)]
struct Numbered {
    number: u64,
    end: Arc<StreamEnd>,
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
        let mut open = table.lock();
        open.begun += 1;
        let number = open.begun;
        open.ends.insert(call_id, Numbered { number, end: Arc::clone(end) });
        if open.ends.len() == 1 {
            table.begun.notify_one();
        }
    }

    pub(crate) fn find(&self, call_id: u32) -> Option<Arc<StreamEnd>> {
        self.0.get()?.lock().ends.get(&call_id).map(|numbered| Arc::clone(&numbered.end))
    }

    /// Whether there was none yet.
    #[inline]
    pub(crate) fn is_unused(&self) -> bool {
        self.0.get().is_none()
    }

    /// Ends a stream with its call. What has come can still be taken.
    pub(crate) fn close(&self, call_id: u32) -> Option<Arc<StreamEnd>> {
        let Numbered { end, .. } = self.0.get()?.lock().ends.remove(&call_id)?;
        end.close();
        Some(end)
    }

    /// Ends all of them with their connection.
    pub(crate) fn close_all(&self) {
        let Some(table) = self.0.get() else { return };
        let ends = std::mem::take(&mut table.lock().ends);
        ends.into_values().for_each(|numbered| numbered.end.close());
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
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks after the streams of `table` for as long as it is polled. No stream costs a timer or a look at the clock of its own.
async fn keep(table: Arc<Table>, idle: Duration, on_idle: impl Fn(u32)) {
    let mut still = BTreeMap::new();
    loop {
        while table.lock().ends.is_empty() {
            still.clear();
            table.begun.notified().await;
        }
        sleep(idle / LOOKS).await;
        let stirs: Vec<_> = table
            .lock()
            .ends
            .iter()
            .filter_map(|(call_id, numbered)| {
                let stirs = numbered.end.stirs()?;
                Some((Stream { call_id: *call_id, number: numbered.number }, stirs))
            })
            .collect();
        still = look(&still, &stirs);
        still.iter().filter(|(_, look)| look.times >= LOOKS).for_each(|(stream, _)| on_idle(stream.call_id));
    }
}

/// Which one was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stream {
    call_id: u32,
    number: u64,
}

/// What was seen of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    stirs: u64,
    /// How many looks in a row have seen the same.
    times: u32,
}

/// What is known after another look at all streams that have no deadline.
fn look(before: &BTreeMap<Stream, Look>, stirs: &[(Stream, u64)]) -> BTreeMap<Stream, Look> {
    let looks = stirs.iter().map(|&(stream, stirs)| match before.get(&stream) {
        Some(look) if look.stirs == stirs => (stream, Look { stirs, times: look.times + 1 }),
        _ => (stream, Look { stirs, times: 0 }),
    });
    looks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(number: u64) -> Stream {
        Stream { call_id: 7, number }
    }

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
            let seen: Vec<_> = stirs.map(|stirs| (stream(1), stirs)).into_iter().collect();
            known = look(&known, &seen);
            assert_eq!(known.get(&stream(1)).map(|look| (look.stirs, look.times)), expected);
        }
        assert!(look(&known, &[]).is_empty());
    }

    #[test]
    fn a_stream_is_not_idle_because_another_of_its_id_was() {
        let mut known = BTreeMap::new();
        for number in 1..10 {
            known = look(&known, &[(stream(number), 2)]);
            assert_eq!(known.values().map(|look| look.times).collect::<Vec<_>>(), [0]);
        }
    }
}
