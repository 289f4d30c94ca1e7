//! A caller's side of one call of a stream method, whichever sides stream.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::decode;
use super::end::{Next, NotSent, StreamEnd};
use crate::client::{Client, OpeningStream, StreamSlot, Told};
use crate::context::Context;
use crate::monitor::StreamTotals;
use crate::route_key::RouteKey;
use crate::spec::{Spec, Streaming};
use crate::status::Status;
use crate::status::catalogue::{calling, streaming};
use crate::wire::frame::Metadata;
use crate::wire::tlv::Tlv;

/// Begins when it is first used. Dropping it cancels the call. Every future here can be dropped half-way: nothing is lost
/// but a message that was on its way to the handler.
pub(crate) struct StreamCall {
    client: Client,
    spec: &'static Spec,
    state: State,
    timeout: Duration,
    /// Who set the timeout, for the one who wants to change it.
    timeout_from: &'static str,
    /// The one it was made in; its key may be the call's own.
    context: Context,
    metadata: Metadata,
    /// From its beginning until it has ended.
    told: Told,
    /// What has gone through, once it has ended.
    totals: StreamTotals,
}

enum State {
    /// With the encoded request, empty where requests are a stream themselves.
    New(Result<Bytes, Status>),
    Open(StreamSlot),
    /// By the encoded answer, empty where answers are a stream, or by why there is none.
    Ended(Result<Bytes, Status>),
}

impl StreamCall {
    pub(crate) fn new(client: Client, spec: &'static Spec, request: Result<Bytes, Status>) -> Self {
        let (timeout, timeout_from) = client.timeout_of(spec);
        Self {
            client,
            spec,
            state: State::New(request),
            timeout,
            timeout_from,
            context: Context::current(),
            metadata: Metadata::default(),
            told: Told::default(),
            totals: StreamTotals::default(),
        }
    }

    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
        self.timeout_from = "the call's timeout";
    }

    pub(super) fn set_route_key(&mut self, key: &(impl RouteKey + ?Sized)) {
        self.context = std::mem::take(&mut self.context).route_key(key);
    }

    pub(super) fn set_context(&mut self, context: Context) {
        self.context = context;
    }

    pub(super) fn add_metadata(&mut self, key: impl Into<String>, value: impl Into<Bytes>) {
        self.metadata.insert(key, value);
    }

    /// Sends a message, as soon as there is room for it.
    pub(super) async fn send<T: Tlv>(&mut self, message: &T) -> Result<(), Status> {
        self.open().await?;
        if let State::Open(slot) = &self.state {
            if slot.end().has_ended() {
                return Err(self.named(streaming::sent_after_end()));
            }
            match slot.end().send(message).await {
                Ok(()) => return Ok(()),
                Err(NotSent::Unencodable(status)) => return Err(self.named(status)),
                Err(NotSent::Closed) => {}
            }
        }
        // The handler takes no more: how it ended says why.
        self.outcome().await?;
        Err(self.named(streaming::handler_takes_no_more()))
    }

    /// Says that all has been sent, or why not. What follows is refused.
    pub(super) async fn end(&mut self, outcome: Result<(), &Status>) -> Result<(), Status> {
        self.open().await?;
        if let State::Open(slot) = &self.state {
            slot.end().end(outcome);
        }
        Ok(())
    }

    /// The sending end, to be used apart.
    pub(super) async fn sending_end(&mut self) -> Result<Arc<StreamEnd>, Status> {
        self.open().await?;
        if let State::Open(slot) = &self.state {
            return Ok(Arc::clone(slot.end()));
        }
        self.outcome().await?;
        Err(self.named(streaming::handler_takes_no_more()))
    }

    /// The next answer; `None` after the last one.
    pub(super) async fn next<T: Tlv>(&mut self) -> Result<Option<T>, Status> {
        self.open().await?;
        if let State::Open(slot) = &self.state
            && let Next::Message(bytes) = slot.end().next().await
        {
            return decode(&bytes, self.client.limits()).map(Some).map_err(|status| self.named(status));
        }
        self.outcome().await.map(|_| None)
    }

    /// The one answer to a stream of requests, which have been sent.
    pub(super) async fn answer<T: Tlv>(&mut self) -> Result<T, Status> {
        if let State::Open(slot) = &mut self.state {
            let limited = match self.context.limit(Instant::now(), (self.timeout, self.timeout_from)) {
                Ok(limited) => limited,
                Err(status) => return Err(self.fail(status)),
            };
            slot.limit(limited);
        }
        decode(&self.outcome().await?, self.client.limits()).map_err(|status| self.named(status))
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn spec(&self) -> &'static Spec {
        self.spec
    }

    async fn open(&mut self) -> Result<(), Status> {
        let State::New(request) = &self.state else { return Ok(()) };
        let opened =
            match (request.clone(), self.context.limit(Instant::now(), (self.timeout, self.timeout_from))) {
                (Ok(request), Ok(limited)) => {
                    let opening = OpeningStream {
                        client: &self.client,
                        spec: self.spec,
                        context: self.context.clone(),
                        metadata: self.metadata.clone(),
                        request,
                        limited,
                    };
                    opening.open(&mut self.told).await
                }
                (Err(status), _) | (_, Err(status)) => Err(status),
            };
        match opened {
            Ok(slot) => {
                self.state = State::Open(slot);
                Ok(())
            }
            Err(status) => Err(self.fail(status)),
        }
    }

    /// How the call ended, once it has.
    async fn outcome(&mut self) -> Result<Bytes, Status> {
        self.open().await?;
        if let State::Open(slot) = &mut self.state {
            let outcome = slot.outcome().await;
            self.totals = slot.end().totals();
            let outcome = self.checked(outcome).map_err(|status| self.named(status));
            self.conclude(outcome);
        }
        match &self.state {
            State::Ended(outcome) => outcome.clone(),
            State::New(_) | State::Open(_) => unreachable!("it was opened, and has ended"),
        }
    }

    /// Where answers are a stream, none stands at its end: that would be one to a method that streams none.
    fn checked(&self, outcome: Result<Bytes, Status>) -> Result<Bytes, Status> {
        match outcome {
            Ok(answer) if !answer.is_empty() && self.spec.streaming != Streaming::Client => {
                Err(streaming::answer_without_stream(self.spec))
            }
            outcome => outcome,
        }
    }

    /// Ends it, for good, with a status.
    fn fail(&mut self, status: Status) -> Status {
        let status = self.named(status);
        self.conclude(Err(status.clone()));
        status
    }

    fn conclude(&mut self, outcome: Result<Bytes, Status>) {
        self.tell(outcome.as_ref().err());
        self.state = State::Ended(outcome);
    }

    /// Tells whoever listens how it ended.
    fn tell(&mut self, status: Option<&Status>) {
        self.told.end(&self.client, &self.context, status, 0, Some(self.totals));
    }

    fn named(&self, status: Status) -> Status {
        self.client.name(status.method(self.spec))
    }
}

/// Whoever drops it waits no longer.
impl Drop for StreamCall {
    fn drop(&mut self) {
        if self.told.is_told() {
            if let State::Open(slot) = &self.state {
                self.totals = slot.end().totals();
            }
            self.tell(Some(&calling::caller_gone()));
        }
    }
}

impl fmt::Debug for StreamCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::New(_) => "new",
            State::Open(_) => "open",
            State::Ended(_) => "ended",
        };
        f.debug_struct("StreamCall")
            .field("method", &format_args!("{}", self.spec))
            .field("state", &state)
            .finish()
    }
}
