//! Handlers that compute or block: each of their polls runs on tokio's blocking pool, where it keeps nobody from being answered.
//!
//! The task that waits for them stays the handler's, so what stops any handler at an `.await` stops these as well. Between two
//! polls a handler holds no thread: one that waits for another server waits as all do.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Wake, Waker};

use tokio::sync::Notify;
use tokio::task::{JoinError, JoinHandle};

use crate::context::Context;

/// Polls `handler` on the blocking pool until it has ended. Dropped meanwhile, it lets a poll that has begun come to its end, and
/// then drops the handler there; one that has not begun does not begin.
pub(crate) async fn on_blocking_pool(handler: impl Future<Output = ()> + Send + 'static) {
    // The pool's threads know nothing of this task's context.
    let mut handler = Box::pin(Context::current().scope(handler));
    let woken = Arc::new(Woken(Notify::new()));
    let waker = Waker::from(Arc::clone(&woken));
    // An error is a handler that panicked: being dropped, it has answered.
    while let Ok(Some(unfinished)) = Turn::begin(handler, waker.clone()).end().await {
        handler = unfinished;
        woken.0.notified().await;
    }
}

/// One poll of a handler, which gives the handler back where it has not ended.
struct Turn<H>(JoinHandle<Option<Pin<Box<H>>>>);

impl<H: Future<Output = ()> + Send + 'static> Turn<H> {
    fn begin(mut handler: Pin<Box<H>>, waker: Waker) -> Self {
        Self(tokio::task::spawn_blocking(move || {
            let poll = handler.as_mut().poll(&mut std::task::Context::from_waker(&waker));
            poll.is_pending().then_some(handler)
        }))
    }

    async fn end(mut self) -> Result<Option<Pin<Box<H>>>, JoinError> {
        (&mut self.0).await
    }
}

impl<H> Drop for Turn<H> {
    /// Keeps a poll from beginning. One that has begun takes no notice.
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Remembers a wake that comes while the poll still runs.
struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.notify_one();
    }
}
