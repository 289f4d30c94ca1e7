//! Answers with what is to be said of them. Who does not ask pays nothing for it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::Request;
use crate::client::response::Response;
use crate::status::Status;

/// A [`Request`] whose answer comes with its marks: [`Request::with_marks`].
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct WithMarks<R>(pub(super) Request<R>);

/// An answer, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marked<R> {
    /// The answer.
    pub message: R,
    /// Whether it is less than the method's best: the server was under load, and its second, cheaper handler has made it.
    pub is_degraded: bool,
    /// How old it is, where its server wished to be spared, or has refused the call, and this is its last good answer to the same request
    /// ([`ClientProtection::last_good`](crate::ClientProtection::last_good)); `None`: it is new.
    pub age: Option<Duration>,
}

impl<R: Response> Future for WithMarks<R> {
    type Output = Result<Marked<R>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let message = ready!(Pin::new(&mut self.0).poll(cx))?;
        Poll::Ready(Ok(Marked { message, is_degraded: self.0.is_degraded, age: self.0.age }))
    }
}
