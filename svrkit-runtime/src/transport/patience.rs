//! How long a frame may take that a peer has begun (`frame.timeout`, `frame.rate_min`).
//!
//! What counts is the time in which this side waited for more of it: whoever is slow to read accuses nobody, nor does a process that stood
//! still, which its timers tell: one that is seen long after its time was slept through. Each byte that came
//! prolongs it, as in Apache's mod_reqtimeout, so that a long body on a slow line is no attack and a byte now and then is one.
//!
//! One timer at most is set, and left where it is when its frame is whole: frames that come in pieces one after another cost one timer
//! in `frame.timeout`, connections that say nothing have none.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::deadline::after;
use crate::limits::Limits;

/// A timer that is seen so much after its time was not watched: this process did not run. Less is what any timer may be late.
const ASLEEP_MIN: Duration = Duration::from_millis(100);

/// The limits for a frame that has begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    timeout: Duration,
    /// Bytes a second.
    rate_min: u32,
}

impl Patience {
    pub(crate) fn of(limits: &Limits) -> Self {
        Self { timeout: limits.frame_timeout, rate_min: limits.frame_rate_min }
    }

    /// How long a frame may be waited for of which so many bytes have come.
    fn allows(self, received: usize) -> Duration {
        let micros = received as u64 * 1_000_000 / u64::from(self.rate_min.max(1));
        self.timeout.saturating_add(Duration::from_micros(micros))
    }

    /// What a peer is told that was too slow.
    pub(crate) fn words(self, received: usize) -> String {
        let (timeout, rate_min) = (self.timeout.as_millis(), self.rate_min);
        format!(
            "{received} bytes of a frame came, and not the rest of it within {timeout} ms more than they take at {rate_min} bytes \
             a second (frame.timeout, frame.rate_min)"
        )
    }
}

/// The wait for the rest of a frame.
#[derive(Debug, Default)]
pub(super) struct Wait {
    /// How long it was waited for, up to `since`.
    waited: Duration,
    /// Since when nothing has come.
    since: Option<Instant>,
    /// Not before the instant at which the frame is late; it may be of an earlier frame.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Wait {
    /// Something has come, or was slept through.
    pub(super) fn heard(&mut self, now: Instant) {
        let Some(since) = self.since.take() else { return };
        let waited = now.saturating_duration_since(since);
        // Not what was slept through; and as the peer may have been waited for as long before that, it has that time once more.
        self.waited += waited.saturating_sub(self.slept(since, now).saturating_mul(2));
    }

    /// For how long this process has not run at least, of the time from `since` to `now`.
    fn slept(&self, since: Instant, now: Instant) -> Duration {
        let of_this_wait = |timer: &Instant| *timer >= since;
        let timer = self.timer.as_ref().map(|timer| timer.deadline()).filter(of_this_wait);
        let late = timer.map_or(Duration::ZERO, |timer| now.saturating_duration_since(timer));
        if late >= ASLEEP_MIN { late } else { Duration::ZERO }
    }

    /// What was waited for is there.
    pub(super) fn is_over(&mut self) {
        (self.waited, self.since) = (Duration::ZERO, None);
    }

    /// Ready when the frame of which so many bytes have come is late.
    pub(super) fn poll_late(
        &mut self,
        patience: Patience,
        received: usize,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let now = Instant::now();
        if self.since.is_some_and(|since| self.slept(since, now) > Duration::ZERO) {
            self.heard(now);
            self.timer = None;
        }
        let since = *self.since.get_or_insert(now);
        let left = patience.allows(received).saturating_sub(self.waited);
        let late = after(since, left);
        while Instant::now() < late {
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(late)));
            if timer.deadline() > late {
                timer.as_mut().reset(late);
            }
            ready!(timer.as_mut().poll(cx));
            // It may have been set for an earlier frame, or before the last bytes came.
            self.timer = None;
        }
        Poll::Ready(())
    }

    /// Ready when there is no timer any more; no frame is waited for.
    pub(super) fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(timer) = &mut self.timer {
            ready!(timer.as_mut().poll(cx));
            self.timer = None;
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const PATIENCE: Patience = Patience { timeout: Duration::from_secs(10), rate_min: 1000 };

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[tokio::test(start_paused = true)]
    async fn a_frame_is_late_after_the_timeout_and_what_its_bytes_take_at_the_least_rate() {
        for (received, allowed) in [(0, 10), (1000, 11), (64_000, 74)] {
            let began = Instant::now();
            let mut wait = Wait::default();
            poll_fn(|cx| wait.poll_late(PATIENCE, received, cx)).await;
            assert_eq!(began.elapsed(), seconds(allowed));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_waiting_counts() {
        let mut wait = Wait::default();
        let polled = poll_fn(|cx| Poll::Ready(wait.poll_late(PATIENCE, 1, cx))).await;
        assert!(polled.is_pending());
        tokio::time::advance(seconds(4)).await;
        wait.heard(Instant::now());
        // Whatever this side does meanwhile.
        tokio::time::advance(seconds(3600)).await;
        let again = Instant::now();
        poll_fn(|cx| wait.poll_late(PATIENCE, 0, cx)).await;
        assert_eq!(again.elapsed(), seconds(6));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_process_slept_through_was_not_waited_for() {
        // Polled too late by so much: for so long it is waited from then on.
        for (late, left) in [(0, 0), (50, 0), (100, 100), (3000, 3000), (10_000, 10_000), (3_600_000, 10_000)]
        {
            for has_come in [false, true] {
                let mut wait = Wait::default();
                assert!(poll_fn(|cx| Poll::Ready(wait.poll_late(PATIENCE, 0, cx))).await.is_pending());
                tokio::time::advance(seconds(10) + Duration::from_millis(late)).await;
                if has_come {
                    wait.heard(Instant::now());
                }
                let again = Instant::now();
                poll_fn(|cx| wait.poll_late(PATIENCE, 0, cx)).await;
                assert_eq!(again.elapsed(), Duration::from_millis(left), "{late} ms, {has_come}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_frame_has_a_time_of_its_own_and_the_timer_of_the_last() {
        let mut wait = Wait::default();
        for (received, passes) in [(64_000, 73), (1, 9), (64_000, 73)] {
            assert!(poll_fn(|cx| Poll::Ready(wait.poll_late(PATIENCE, received, cx))).await.is_pending());
            tokio::time::advance(seconds(passes)).await;
            assert!(poll_fn(|cx| Poll::Ready(wait.poll_late(PATIENCE, received, cx))).await.is_pending());
            wait.heard(Instant::now());
            wait.is_over();
        }
        let began = Instant::now();
        poll_fn(|cx| wait.poll_late(PATIENCE, 0, cx)).await;
        assert_eq!(began.elapsed(), seconds(10));
        poll_fn(|cx| wait.poll_idle(cx)).await;
        assert!(wait.timer.is_none());
    }
}
