//! The slowest calls of one method of late.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Record;

/// Calls that are kept of a method.
const KEPT_MAX: usize = 5;

/// How long one is kept.
const WINDOW: Duration = Duration::from_secs(300);

/// The slowest few of the last minutes, and the bar that others are held to without a lock.
#[derive(Debug, Default)]
pub(super) struct Slowest {
    /// Microseconds that a call has to take to be kept, in the low half; in the high one the second until which that holds.
    bar: AtomicU64,
    kept: Mutex<Vec<Kept>>,
}

#[derive(Debug)]
struct Kept {
    record: Arc<Record>,
    latency: Duration,
    /// The second in which it leaves.
    until: u64,
}

impl Slowest {
    /// Whether a call that took so long and ended in this second may be among them.
    pub(super) fn takes(&self, latency: Duration, second: u64) -> bool {
        let bar = self.bar.load(Ordering::Relaxed);
        second >= bar >> 32 || micros(latency) > bar & u64::from(u32::MAX)
    }

    /// Keeps a call that ended in this second, if it still is among them.
    pub(super) fn keep(&self, record: &Arc<Record>, second: u64) {
        self.offer(
            Kept { record: Arc::clone(record), latency: record.latency, until: second + WINDOW.as_secs() },
            second,
        );
    }

    /// Those that are not too old.
    pub(super) fn records(&self, now: Instant) -> Vec<Arc<Record>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of_late = kept.iter().filter(|kept| now.saturating_duration_since(kept.record.ended()) < WINDOW);
        of_late.map(|kept| Arc::clone(&kept.record)).collect()
    }

    fn offer(&self, new: Kept, second: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| second < kept.until);
        kept.push(new);
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.latency));
        kept.truncate(KEPT_MAX);
        let bar = match (kept.last(), kept.iter().map(|kept| kept.until).min()) {
            (Some(least), Some(until)) if kept.len() == KEPT_MAX => until << 32 | micros(least.latency),
            // There is room for any.
            _ => 0,
        };
        self.bar.store(bar, Ordering::Relaxed);
    }
}

/// At most as many as the low half of a bar holds.
fn micros(latency: Duration) -> u64 {
    u32::try_from(latency.as_micros()).unwrap_or(u32::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers a call of so many milliseconds, which ends now.
    fn end(slowest: &Slowest, born: Instant, millis: u64) {
        let latency = Duration::from_millis(millis);
        let second = born.elapsed().as_secs();
        if slowest.takes(latency, second) {
            slowest.keep(&Arc::new(Record::took(latency)), second);
        }
    }

    fn kept(slowest: &Slowest) -> Vec<u128> {
        slowest.records(Instant::now()).iter().map(|record| record.latency.as_millis()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_slowest_five_of_the_last_minutes_are_kept() {
        let (slowest, born) = (Slowest::default(), Instant::now());
        for millis in [3, 9, 1, 7, 5, 2, 8] {
            end(&slowest, born, millis);
        }
        assert_eq!(kept(&slowest), [9, 8, 7, 5, 3]);
        assert!(!slowest.takes(Duration::from_millis(3), 0), "no slower than the last of them");
        assert!(slowest.takes(Duration::from_micros(3001), 0));
        tokio::time::advance(Duration::from_secs(200)).await;
        end(&slowest, born, 20);
        assert_eq!(kept(&slowest), [20, 9, 8, 7, 5]);
        tokio::time::advance(Duration::from_secs(100)).await;
        assert_eq!(kept(&slowest), [20]);
        // Any that is new is slow beside those that are gone.
        end(&slowest, born, 1);
        assert_eq!(kept(&slowest), [20, 1]);
    }
}
