//! Which of two is first.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// What `future` gives, if it does so before `other` is ready.
pub(crate) async fn before<F: Future>(future: F, other: impl Future<Output = ()>) -> Option<F::Output> {
    let (mut future, mut other) = (pin!(future), pin!(other));
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => other.as_mut().poll(cx).map(|()| None),
    })
    .await
}
