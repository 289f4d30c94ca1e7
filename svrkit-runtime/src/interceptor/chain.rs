//! The interceptors of one server or client, in their order, and the way through them.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::envelope::{Envelope, Reply};
use crate::status::Status;

/// A future on the heap: the price of an interceptor, not of a call without one.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Stands between caller and callee: may refuse, change, answer itself, measure.
///
/// At a server ([`Server::interceptor`](crate::Server::interceptor)) it is passed as a part of the call, before the request is decoded;
/// cancel and deadline end it with the call. At a client
/// ([`ClientBuilder::interceptor`](crate::ClientBuilder::interceptor)) it is passed when a request is awaited, before anything is
/// sent, and within the request's deadline. What it does before [`Next::run`] happens on the way there, what it does after that
/// on the way back; without it the call goes no further.
///
/// ```
/// use svrkit_runtime::{Envelope, Interceptor, Next, Reply, Status};
///
/// /// Calls nobody on Sundays.
/// struct Rest(fn() -> bool);
///
/// impl Interceptor for Rest {
///     async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
///         let Self(is_sunday) = self;
///         if is_sunday() && !envelope.spec().idempotent {
///             return Err(Status::failed_precondition("nothing is changed on Sundays"));
///         }
///         next.run(envelope).await
///     }
/// }
/// ```
///
/// Streams pass them as well. At a server their [`Reply`] comes when they have ended; at a client, empty, when they have begun.
pub trait Interceptor: Send + Sync + 'static {
    /// Sends a call on by `next`, or ends it.
    ///
    /// # Errors
    ///
    /// What the caller gets: `next`'s, or its own.
    fn intercept(
        &self,
        envelope: Envelope,
        next: Next<'_>,
    ) -> impl Future<Output = Result<Reply, Status>> + Send;
}

/// [`Interceptor`] as it is kept: with its future on the heap.
trait Link: Send + Sync {
    fn pass<'a>(&'a self, envelope: Envelope, next: Next<'a>) -> Boxed<'a, Result<Reply, Status>>;
}

impl<I: Interceptor> Link for I {
    fn pass<'a>(&'a self, envelope: Envelope, next: Next<'a>) -> Boxed<'a, Result<Reply, Status>> {
        Box::pin(self.intercept(envelope, next))
    }
}

/// What comes behind an interceptor: others, at last the handler, or the sending of the request.
#[must_use = "without it the call goes no further"]
pub struct Next<'a> {
    links: &'a [Arc<dyn Link>],
    last: Last<'a>,
}

type Last<'a> = Box<dyn FnOnce(Envelope) -> Boxed<'a, Result<Reply, Status>> + Send + 'a>;

impl Next<'_> {
    /// Sends the call on and waits for what comes of it.
    ///
    /// # Errors
    ///
    /// How the call has ended, if it did not end well.
    pub async fn run(self, envelope: Envelope) -> Result<Reply, Status> {
        match self.links {
            [first, links @ ..] => first.pass(envelope, Next { links, last: self.last }).await,
            [] => (self.last)(envelope).await,
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("interceptors", &self.links.len()).finish_non_exhaustive()
    }
}

/// Interceptors in the order they were added. A clone has the same.
#[derive(Clone, Default)]
pub(crate) struct Chain(Vec<Arc<dyn Link>>);

impl Chain {
    /// Adds one behind those that are there.
    pub(crate) fn push(&mut self, interceptor: impl Interceptor) {
        self.0.push(Arc::new(interceptor));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes through all of them to `last`.
    pub(crate) async fn run<'a, F>(&'a self, envelope: Envelope, last: F) -> Result<Reply, Status>
    where
        F: FnOnce(Envelope) -> Boxed<'a, Result<Reply, Status>> + Send + 'a,
    {
        Next { links: &self.0, last: Box::new(last) }.run(envelope).await
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} interceptors", self.0.len())
    }
}
