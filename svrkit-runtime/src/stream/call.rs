//! A caller's side of one call of a stream method, whichever sides stream.

use std::fmt;
use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::ends::Item;
use super::{CallerEnds, decode, encode};
use crate::client::{Client, StreamSlot};
use crate::context::Context;
use crate::route_key::RouteKey;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::{calling, streaming};
use crate::wire::tlv::Tlv;

/// Begins when it is first used. Dropping it cancels the call. Every future here can be dropped half-way: nothing is lost
/// but a message that was on its way to the handler.
pub(crate) struct StreamCall {
    client: Client,
    spec: &'static Spec,
    state: State,
    timeout: Duration,
    /// The one it was made in; its key may be the call's own.
    context: Context,
    /// Who set the timeout, for the one who wants to change it.
    timeout_from: &'static str,
}

enum State {
    /// With the encoded request, empty where requests are a stream themselves.
    New(Result<Bytes, Status>),
    Open(Open),
    /// By the encoded answer, empty where answers are a stream, or by why there is none.
    Ended(Result<Bytes, Status>),
}

struct Open {
    slot: StreamSlot,
    /// Until everything has been sent.
    requests: Option<mpsc::Sender<Item>>,
    answers: mpsc::Receiver<Item>,
    /// Until the first answer has come.
    first_by: Option<Instant>,
}

impl StreamCall {
    pub(crate) fn new(client: Client, spec: &'static Spec, request: Result<Bytes, Status>) -> Self {
        let (timeout, timeout_from) = client.timeout_of(spec);
        Self { client, spec, state: State::New(request), timeout, context: Context::current(), timeout_from }
    }

    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
        self.timeout_from = "the call's timeout";
    }

    pub(super) fn set_route_key(&mut self, key: &(impl RouteKey + ?Sized)) {
        self.context = std::mem::take(&mut self.context).route_key(key);
    }

    /// Sends a message, as soon as there is room for it.
    pub(super) async fn send<T: Tlv>(&mut self, message: &T) -> Result<(), Status> {
        let encoded = encode(message, self.client.limits()).map_err(|status| self.named(status))?;
        self.put(Some(encoded)).await
    }

    /// Says that all has been sent. What follows is refused.
    pub(super) async fn send_end(&mut self) -> Result<(), Status> {
        self.put(None).await?;
        self.take_requests();
        Ok(())
    }

    /// The sending end, to be used apart. Then nothing can be sent here.
    pub(super) async fn split_requests(&mut self) -> Result<Option<mpsc::Sender<Item>>, Status> {
        self.open().await?;
        Ok(self.take_requests())
    }

    /// The next answer; `None` after the last one.
    pub(super) async fn next<T: Tlv>(&mut self) -> Result<Option<T>, Status> {
        self.open().await?;
        let State::Open(open) = &mut self.state else { return self.outcome().await.map(|_| None) };
        let item = match open.first_by {
            None => open.receive().await,
            Some(deadline) => match timeout_at(deadline, open.receive()).await {
                Ok(item) => item,
                Err(_) => return Err(self.late()),
            },
        };
        open.first_by = None;
        match item {
            Some(bytes) => {
                decode(&bytes, self.client.limits()).map(Some).map_err(|status| self.named(status))
            }
            None => self.outcome().await.map(|_| None),
        }
    }

    /// The one answer to a stream of requests.
    pub(super) async fn answer<T: Tlv>(&mut self) -> Result<T, Status> {
        let limited = self
            .context
            .limit(Instant::now(), (self.timeout, self.timeout_from))
            .map_err(|status| self.named(status))?;
        let Ok(outcome) = timeout_at(limited.deadline, self.outcome()).await else {
            return Err(self.late());
        };
        decode(&outcome?, self.client.limits()).map_err(|status| self.named(status))
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn spec(&self) -> &'static Spec {
        self.spec
    }

    async fn open(&mut self) -> Result<(), Status> {
        let State::New(request) = &self.state else { return Ok(()) };
        let limited = match self.context.limit(Instant::now(), (self.timeout, self.timeout_from)) {
            Ok(limited) => limited,
            Err(status) => return Err(self.end(status)),
        };
        let opened = match request.clone() {
            Ok(_) if !self.client.carries_streams() => Err(streaming::stream_over_connection(self.spec)),
            Ok(request) => self.client.open_stream(self.spec, &self.context, &request, &limited).await,
            Err(status) => Err(status),
        };
        match opened {
            Ok((slot, CallerEnds { requests, answers })) => {
                (self.timeout, self.timeout_from) = (limited.timeout, limited.from);
                let first_by = Some(limited.deadline);
                self.state = State::Open(Open { slot, requests: Some(requests), answers, first_by });
                Ok(())
            }
            Err(status) => Err(self.end(status)),
        }
    }

    async fn put(&mut self, item: Item) -> Result<(), Status> {
        self.open().await?;
        if let State::Open(Open { requests, .. }) = &self.state {
            let Some(requests) = requests else {
                return Err(self.named(streaming::sent_after_end()));
            };
            if requests.send(item).await.is_ok() {
                return Ok(());
            }
        }
        // The handler has let go of its end: how it ended says why.
        self.outcome().await?;
        Err(self.named(streaming::handler_takes_no_more()))
    }

    /// How the call ended, once it has.
    async fn outcome(&mut self) -> Result<Bytes, Status> {
        self.open().await?;
        if let State::Open(open) = &mut self.state {
            let outcome = open.slot.ended().await;
            self.state = State::Ended(outcome.map_err(|status| self.named(status)));
        }
        match &self.state {
            State::Ended(outcome) => outcome.clone(),
            State::New(_) | State::Open(_) => unreachable!("it was opened, and has ended"),
        }
    }

    fn take_requests(&mut self) -> Option<mpsc::Sender<Item>> {
        match &mut self.state {
            State::Open(open) => open.requests.take(),
            State::New(_) | State::Ended(_) => None,
        }
    }

    /// Cancels the call, which had no answer in time.
    fn late(&mut self) -> Status {
        let (limit, from) = (self.timeout.as_millis(), self.timeout_from);
        self.end(calling::late_answer(limit, from))
    }

    /// Ends it, for good, with a status.
    fn end(&mut self, status: Status) -> Status {
        let status = self.named(status);
        self.state = State::Ended(Err(status.clone()));
        status
    }

    fn named(&self, status: Status) -> Status {
        self.client.name(status.method(self.spec))
    }
}

impl Open {
    /// What comes from the handler's sender. `None`: the handler has ended, and all it had sent was taken.
    async fn receive(&mut self) -> Option<Bytes> {
        let item = poll_fn(|cx| {
            if self.slot.poll_ended(cx).is_ready() {
                // A sender may outlive its handler, the stream does not.
                self.answers.close();
            }
            self.answers.poll_recv(cx)
        });
        item.await.flatten()
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
