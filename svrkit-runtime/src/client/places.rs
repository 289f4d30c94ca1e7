//! The places that a server has for calls on one connection: it has said how many it takes at once.
//!
//! A semaphore of two atomic operations a call, where tokio's has a lock and two handles as well. Who waits does so at one of tokio's, and is
//! given the place of another: nobody who comes later can take it on the way.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

/// Places, free ones and taken ones.
#[derive(Debug)]
pub(super) struct Places {
    max: usize,
    /// Those that were given to whoever waits are among them.
    taken: AtomicUsize,
    /// How many wait for one.
    waiting: AtomicUsize,
    /// A permit for each place that is given to whoever waits.
    given: Semaphore,
}

impl Places {
    pub(super) fn new(max: usize) -> Self {
        Self { max, taken: AtomicUsize::new(0), waiting: AtomicUsize::new(0), given: Semaphore::new(0) }
    }

    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed).saturating_sub(self.given.available_permits())
    }

    /// Takes a place. False: there is none, or others wait for it.
    pub(super) fn try_take(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0 && (self.take_free() || self.take_given())
    }

    /// Takes a place in its turn. Dropped before, it has taken none.
    pub(super) async fn take(&self) {
        if self.try_take() {
            return;
        }
        let _waiting = Waiting::begin(&self.waiting);
        // One that was given back before it was seen that somebody waits. It is the first one's.
        if self.take_free() {
            self.given.add_permits(1);
        }
        self.given.acquire().await.expect("it is never closed").forget();
    }

    /// Gives a place back.
    pub(super) fn give_back(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            return self.given.add_permits(1);
        }
        self.taken.fetch_sub(1, Ordering::SeqCst);
        // Either this sees who waits, or they see that there is a place.
        if self.waiting.load(Ordering::SeqCst) > 0 && self.take_free() {
            self.given.add_permits(1);
        }
    }

    fn take_free(&self) -> bool {
        let free = |taken| (taken < self.max).then_some(taken + 1);
        self.taken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, free).is_ok()
    }

    /// One that was given to somebody who has given up.
    #[cold]
    fn take_given(&self) -> bool {
        self.given.try_acquire().map(|permit| permit.forget()).is_ok()
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
        let mut newcomer = Box::pin(places.take());
        assert!(poll(&mut newcomer).is_pending(), "others wait longer");
        assert!(poll(&mut second).is_pending() && poll(&mut first).is_ready());
        places.give_back();
        assert!(poll(&mut newcomer).is_pending() && poll(&mut second).is_ready());
        places.give_back();
        assert!(poll(&mut newcomer).is_ready());
        drop((first, second, newcomer));
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

    #[test]
    fn who_gives_up_with_a_place_leaves_it_to_whoever_comes() {
        let places = Places::new(1);
        assert!(places.try_take());
        let mut only = Box::pin(places.take());
        assert!(poll(&mut only).is_pending());
        places.give_back();
        drop(only);
        assert_eq!(places.taken(), 0);
        assert!(places.try_take() && !places.try_take());
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
