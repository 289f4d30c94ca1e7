//! The places that a server has for calls on one connection: it has said how many it takes at once.
//!
//! A semaphore of two atomic operations a call, where tokio's has a lock and two handles as well. Who waits is woken in turn; whoever comes
//! while somebody waits does so too.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Places, free ones and taken ones.
#[derive(Debug)]
pub(super) struct Places {
    max: usize,
    taken: AtomicUsize,
    /// How many wait for one.
    waiting: AtomicUsize,
    freed: Notify,
}

impl Places {
    pub(super) fn new(max: usize) -> Self {
        Self { max, taken: AtomicUsize::new(0), waiting: AtomicUsize::new(0), freed: Notify::new() }
    }

    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Takes a place. False: there is none, or others wait for it.
    pub(super) fn try_take(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0 && self.take_free()
    }

    /// Takes a place when there is one. Dropped before, it has taken none.
    pub(super) async fn take(&self) {
        if self.try_take() {
            return;
        }
        let _waiting = Waiting::begin(&self.waiting);
        loop {
            let mut freed = pin!(self.freed.notified());
            // Before it looks: a place that is given back from here on wakes it.
            freed.as_mut().enable();
            if self.take_free() {
                return;
            }
            freed.await;
        }
    }

    /// Gives a place back.
    pub(super) fn give_back(&self) {
        self.taken.fetch_sub(1, Ordering::SeqCst);
        // Either this sees who waits, or they see that there is a place.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.freed.notify_one();
        }
    }

    fn take_free(&self) -> bool {
        let free = |taken| (taken < self.max).then_some(taken + 1);
        self.taken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, free).is_ok()
    }
}

/// One who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    use tokio::task::{JoinSet, yield_now};

    use super::*;

    fn poll(wait: &mut std::pin::Pin<Box<impl Future<Output = ()>>>) -> Poll<()> {
        wait.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn there_are_as_many_as_were_said() {
        let places = Places::new(2);
        assert_eq!([places.try_take(), places.try_take(), places.try_take()], [true, true, false]);
        places.give_back();
        assert_eq!((places.taken(), places.try_take(), places.try_take()), (1, true, false));
    }

    #[test]
    fn who_waits_is_first_and_in_turn() {
        let places = Places::new(1);
        assert!(places.try_take());
        let [mut first, mut second] = [Box::pin(places.take()), Box::pin(places.take())];
        assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
        places.give_back();
        assert!(!places.try_take(), "others wait");
        assert!(poll(&mut second).is_pending() && poll(&mut first).is_ready());
        places.give_back();
        assert!(poll(&mut second).is_ready());
        drop((first, second));
        places.give_back();
        assert!(places.try_take() && places.taken() == 1);
    }

    #[test]
    fn who_gives_up_leaves_the_place_to_the_next() {
        let places = Places::new(1);
        assert!(places.try_take());
        let [mut first, mut second] = [Box::pin(places.take()), Box::pin(places.take())];
        assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
        places.give_back();
        drop(first);
        assert!(poll(&mut second).is_ready());
        assert_eq!(places.taken(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_wait_is_forgotten() {
        let places = Arc::new(Places::new(3));
        let mut users = JoinSet::new();
        for _ in 0..20 {
            let places = Arc::clone(&places);
            users.spawn(async move {
                for _ in 0..500 {
                    places.take().await;
                    assert!(places.taken() <= 3);
                    yield_now().await;
                    places.give_back();
                }
            });
        }
        users.join_all().await;
        assert_eq!(places.taken(), 0);
    }
}
