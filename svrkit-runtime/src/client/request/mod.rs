//! What a caller wants: a future that finds a connection, sends a call and waits for its answer.
//!
//! This file is what its caller sets; [`progress`] takes it from state to state, [`sending`] has what it does on a connection,
//! [`repeating`] what follows an attempt that has failed, [`racing`] a second one beside one that takes long,
//! [`recalling`] what answers in the place of a server that wishes so.

mod marked;
mod progress;
mod racing;
mod recalling;
mod repeating;
mod sending;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::task::coop;
use tokio::time::Instant;

pub use self::marked::{Marked, WithMarks};
use self::progress::State;
use self::repeating::Attempts;
use super::Client;
use super::intercept::Outline;
use super::response::Response;
use super::told::Told;
use crate::context::Context;
use crate::interceptor::Envelope;
use crate::queue::{JOB_KEY, JobId, QueuedMethod, Ticket};
use crate::route_key::RouteKey;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::wire::frame::Metadata;

/// A request for an `R`, or for nothing (`()`): awaiting it sends it.
///
/// An attempt that fails is repeated, where that may help and can do no harm ([`ClientProtection::retries`](crate::ClientProtection::retries)).
///
/// It ends at its deadline at the latest: the time given by [`Self::timeout`], else by the schema, else by
/// `deadline.default`, and never after the deadline of the [`Context`] it was made in. Dropping it cancels the call at the
/// server. It must be awaited on a tokio runtime.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<R> {
    client: Client,
    spec: &'static Spec,
    message: Result<Bytes, Status>,
    metadata: Metadata,
    timeout: Duration,
    /// Who set it, for the one who wants to change it.
    timeout_from: &'static str,
    /// Its own; 0: none.
    route_hash: u32,
    /// The one it was made in.
    context: Context,
    /// Whether it ends, where nobody is to answer it, when it has left instead of when it is queued.
    until_written: bool,
    /// Set when it is first polled.
    deadline: Option<Instant>,
    /// Within the first poll, where most requests are sent: the look at the clock that they need, and the time that was left then.
    first: Option<(Instant, Duration)>,
    state: State,
    /// Those that have failed, if there were any.
    failed: Option<Box<Attempts>>,
    /// From the first poll until it has ended.
    told: Told,
    response_len: usize,
    /// Whether the answer is marked so.
    is_degraded: bool,
    /// How old it is, where it is a last good one.
    age: Option<Duration>,
    response: PhantomData<fn() -> R>,
}

impl<R: Response> Request<R> {
    pub(super) fn new(client: Client, spec: &'static Spec, message: Result<Bytes, Status>) -> Self {
        let (timeout, timeout_from) = client.timeout_of(spec);
        Self {
            client,
            spec,
            message,
            metadata: Metadata::default(),
            timeout,
            timeout_from,
            route_hash: 0,
            context: Context::current(),
            until_written: false,
            deadline: None,
            first: None,
            state: State::New { passes_interceptors: true },
            failed: None,
            told: Told::default(),
            response_len: 0,
            is_degraded: false,
            age: None,
            response: PhantomData,
        }
    }

    /// What interceptors send on: the same request as they left it, by the same deadline.
    pub(super) fn behind_interceptors(outline: Outline, envelope: Envelope) -> Self {
        let Envelope { context, metadata, body, .. } = envelope;
        let Outline { client, spec, route_hash, deadline, until_written, time: (timeout, timeout_from) } =
            outline;
        let deadline = context.deadline().map_or(deadline, |earlier| earlier.min(deadline));
        Self {
            client,
            spec,
            message: Ok(body),
            metadata,
            timeout,
            timeout_from,
            route_hash,
            context,
            until_written,
            deadline: Some(deadline),
            first: None,
            state: State::New { passes_interceptors: false },
            failed: None,
            told: Told::default(),
            response_len: 0,
            is_degraded: false,
            age: None,
            response: PhantomData,
        }
    }

    /// Sets the time it may take, connecting included. At most 71 minutes and 34 seconds are told to the server, which has 32 bits of microseconds
    /// for it: it stops then, while the caller waits on.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self.timeout_from = "the call's timeout";
        self
    }

    /// Has calls of equal keys find the same server, where anything chooses among servers. Generated clients call this with
    /// the field that the schema names.
    pub fn route_key(mut self, key: &(impl RouteKey + ?Sized)) -> Self {
        self.route_hash = key.route_hash();
        self
    }

    /// Makes it a part of another request than the one this code runs for. A key of its own goes before that of `context`.
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Has the answer come with what is to be said of it.
    ///
    /// ```
    /// # async fn advice(client: svrkit_runtime::Client, spec: &'static svrkit_runtime::Spec) -> Result<(), svrkit_runtime::Status> {
    /// # #[derive(Debug, Default, svrkit_runtime::Tlv)]
    /// # struct Advice {}
    /// # let request = client.request::<Advice, Advice>(spec, &Advice {});
    /// let advice = request.with_marks().await?;
    /// if advice.is_degraded {
    ///     println!("for want of something better: {:?}", advice.message);
    /// }
    /// if let Some(age) = advice.age {
    ///     println!("as it was {age:?} ago: the server wished to be spared");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_marks(self) -> WithMarks<R> {
        WithMarks(self)
    }

    /// Has it end when it has left, where nobody is to answer it: what is queued goes nowhere when the process ends.
    pub(super) fn until_written(mut self) -> Self {
        self.until_written = true;
        self
    }

    /// Sends a named value beside the request. Keys that start with `svrkit.` are the kit's.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.metadata.insert(key, value);
        self
    }
}

impl<M: QueuedMethod> Request<Ticket<M>> {
    /// Sets the id of the job: who knows what the job is about by an id of its own accepts it once, however often it is asked for, also by another process. Without
    /// this it has a random one, the same for all attempts of this request.
    pub fn job_id(mut self, id: JobId) -> Self {
        self.metadata.entries.retain(|entry| entry.key != JOB_KEY);
        self.metadata(JOB_KEY, id.to_string())
    }
}

impl<R> Request<R> {
    /// Tells whoever listens how it ended.
    fn tell(&mut self, status: Option<&Status>) {
        self.told.end(&self.client, &self.context, status, self.response_len, None);
    }
}

/// Whoever drops it waits no longer.
impl<R> Drop for Request<R> {
    fn drop(&mut self) {
        if self.told.is_told() {
            self.tell_of_copy(&calling::caller_gone());
            self.tell(Some(&calling::caller_gone()));
        }
    }
}

impl<R: Response> Future for Request<R> {
    type Output = Result<R, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let outcome = self.poll_outcome(cx);
        self.first = None;
        let outcome = match ready!(outcome) {
            Err(status) => {
                // Some fail without any wait: whoever calls in vain in a loop is to let others have their turns, and its runtime come to its end.
                let Poll::Ready(turn) = coop::poll_proceed(cx) else {
                    self.state = State::Failed(status);
                    return Poll::Pending;
                };
                turn.made_progress();
                Err(status)
            }
            answered => answered,
        };
        self.state = State::Ended;
        let outcome = outcome.map_err(|status| {
            let status = match &self.failed {
                Some(failed) => failed.conclude(status),
                None => status,
            };
            self.client.name(status.method(self.spec))
        });
        self.tell(outcome.as_ref().err());
        Poll::Ready(outcome)
    }
}

impl<R> Unpin for Request<R> {}

impl<R> fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &format_args!("{}", self.spec)).finish_non_exhaustive()
    }
}
