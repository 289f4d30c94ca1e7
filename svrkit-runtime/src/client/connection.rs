//! One connection of a client, whatever carries it, and one call on it.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::departure::Departure;
use super::pending::{CALLS_MAX, Outcome, Pending, Until};
use super::places::Places;
use super::pool::{Peer, Report};
use crate::status::Status;
use crate::stream::StreamEnd;
use crate::transport::{Activity, Written};
use crate::wire::frame::{Hello, RequestFacts, ServedService};

/// What carries calls to a server and answers back.
pub(super) trait Link: Send + Sync + fmt::Debug {
    /// The calls that wait for answers.
    fn pending(&self) -> &Pending;

    /// Whether the link is being left.
    fn departure(&self) -> &Departure;

    /// Whether a new call can be sent here.
    fn takes_calls(&self) -> bool {
        !self.departure().has_begun()
    }

    /// When the server was last heard of; `None`: the link has neither age nor idle time.
    fn activity(&self) -> Option<&Activity>;

    /// Takes no new calls, and ends when those there are have ended.
    fn leave(&self);

    /// Whether the link takes a request of this length now (`outbound.queue`).
    fn has_room(&self, request_len: usize) -> bool;

    /// Ready while the link takes a request of this length; otherwise the call is woken when it does.
    fn poll_room(&self, call_id: u32, request_len: usize, cx: &mut Context<'_>) -> Poll<()>;

    /// Ready when what was queued by the first poll of `wait` has left, or never will.
    fn poll_written(&self, wait: &mut Written, cx: &mut Context<'_>) -> Poll<()>;

    /// Whether an answer may be there as soon as its call has been sent.
    fn answers_at_once(&self) -> bool;

    /// Sends a call that has its slot. False: the link takes none any more; the server has not seen it.
    fn send(&self, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool;

    /// The same for a call that nobody waits to have answered: it ends when the link has taken it.
    fn send_oneway(&self, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool;

    /// The same for a call with a stream, whose end it gives. `None`: the link takes no calls any more.
    fn send_stream(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> Option<Arc<StreamEnd>>;

    /// Gives a call up. Where it was sent and not answered, the server is told.
    fn abandon(&self, call_id: u32);

    /// A call has ended here, and its outcome was taken.
    fn ended(&self, call_id: u32);

    /// Ends a call by its deadline. Where it was sent, the server is told.
    fn expire(&self, call_id: u32);

    /// Sends what is queued and nothing after it.
    fn close(&self);
}

/// A link with its tasks. They end with the last handle to it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) link: Arc<dyn Link>,
    /// What the server said of itself.
    pub(super) server: Hello,
    /// One for each call the server takes at once.
    pub(super) places: Places,
    peer: Arc<Peer>,
    tasks: Vec<AbortHandle>,
}

impl Connection {
    pub(super) fn new(link: Arc<dyn Link>, server: Hello, peer: Arc<Peer>, tasks: Vec<AbortHandle>) -> Self {
        let places = Places::new(server.calls_in_flight.unwrap_or(CALLS_MAX).min(CALLS_MAX) as usize);
        Self { link, server, places, peer, tasks }
    }

    pub(super) fn peer(&self) -> &Arc<Peer> {
        &self.peer
    }

    /// Calls that have a place.
    pub(super) fn in_flight(&self) -> usize {
        self.places.taken()
    }

    /// The name under which the server serves `service_id`; `None` where it said nothing of it.
    pub(super) fn served_name(&self, service_id: u32) -> Option<&str> {
        let is_it = |service: &&ServedService| service.id == service_id;
        self.server.services.iter().find(is_it).map(|service| service.name.as_str())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The writer is not among the tasks and ends by this: cancels of calls that were dropped just now still leave.
        self.link.close();
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// A place on a connection. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) connection: Arc<Connection>,
}

impl Place {
    /// Takes a place. `Err`: there is none now.
    pub(super) fn try_take(connection: Arc<Connection>) -> Result<Self, Arc<Connection>> {
        if connection.places.try_take() { Ok(Self { connection }) } else { Err(connection) }
    }

    /// Takes a place when there is one.
    pub(super) async fn take(connection: Arc<Connection>) -> Self {
        connection.places.take().await;
        Self { connection }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.places.give_back();
    }
}

/// A call's slot on a connection. Dropping it gives the slot back and cancels the call if the server has it.
#[derive(Debug)]
pub(super) struct Call {
    place: Place,
    call_id: u32,
    /// Where its time is taken.
    began: Option<Instant>,
    /// Where its time is taken: when it has ended, and its endpoint was told.
    ended: Option<Instant>,
    /// When its caller wants to be woken, though there is no outcome.
    nudge: Option<Instant>,
    /// Whether how long it takes says something of its endpoint.
    is_timed: bool,
    /// Its outcome was taken, and its slot is another call's.
    has_ended: bool,
}

impl Call {
    /// Takes a slot, and wakes `caller` when there is an outcome. `sent`: it will be sent at once. `None`: the connection is gone.
    pub(super) fn start(place: Place, deadline: Instant, sent: bool, caller: Option<Waker>) -> Option<Self> {
        let began = place.connection.peer.outcomes.begin();
        Self::start_at(place, deadline.into(), sent, caller, began)
    }

    /// The same for a caller who wants to be woken after `patience` as well, where there is another endpoint to go to.
    pub(super) fn start_impatient(
        place: Place,
        deadline: Instant,
        patience: Duration,
        sent: bool,
        caller: Option<Waker>,
    ) -> Option<Self> {
        let began = place.connection.peer.outcomes.begin();
        let nudge = began.and_then(|began| began.checked_add(patience)).filter(|nudge| *nudge < deadline);
        Self::start_at(place, Until { deadline, nudge }, sent, caller, began)
    }

    fn start_at(
        place: Place,
        until: Until,
        sent: bool,
        caller: Option<Waker>,
        began: Option<Instant>,
    ) -> Option<Self> {
        let call_id = place.connection.link.pending().start(until, sent, caller)?;
        Some(Self {
            place,
            call_id,
            began,
            ended: None,
            nudge: until.nudge,
            is_timed: true,
            has_ended: false,
        })
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.place.connection
    }

    fn link(&self) -> &dyn Link {
        &*self.place.connection.link
    }

    /// How long it lasts says nothing of the server, as that is its callers' affair; how it ends does.
    pub(super) fn untimed(mut self) -> Self {
        self.is_timed = false;
        self
    }

    /// When it began and when it has ended, where its time is taken.
    pub(super) fn time(&self) -> Option<(Instant, Instant)> {
        self.began.zip(self.ended)
    }

    /// Where its time is taken, when it began.
    pub(super) fn began(&self) -> Option<Instant> {
        self.began
    }

    /// Whether the time has come at which its caller wanted to be woken. True once.
    #[inline]
    pub(super) fn is_nudged(&mut self) -> bool {
        self.nudge.is_some() && self.nudge.take_if(|nudge| *nudge <= Instant::now()).is_some()
    }

    pub(super) fn send(&self, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        self.link().send(self.call_id, facts, metadata, body)
    }

    pub(super) fn send_oneway(&self, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        self.link().send_oneway(self.call_id, facts, metadata, body)
    }

    pub(super) fn send_stream(
        &self,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> Option<Arc<StreamEnd>> {
        Arc::clone(&self.place.connection.link).send_stream(self.call_id, facts, metadata, body)
    }

    /// When something was last read from the server; `None`: nobody reads.
    pub(super) fn last_read_at(&self) -> Option<Instant> {
        self.link().activity().map(Activity::last)
    }

    /// Whether its answer may be there as soon as it has been sent.
    pub(super) fn answers_at_once(&self) -> bool {
        self.link().answers_at_once()
    }

    pub(super) fn set_deadline(&self, deadline: Instant) {
        self.link().pending().set_deadline(self.call_id, deadline);
    }

    pub(super) fn mark_sent(&self) -> bool {
        self.link().pending().mark_sent(self.call_id)
    }

    pub(super) fn mark_unsent(&self) {
        self.link().pending().mark_unsent(self.call_id);
    }

    pub(super) fn poll_room(&self, request_len: usize, cx: &mut Context<'_>) -> Poll<()> {
        self.link().poll_room(self.call_id, request_len, cx)
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        let outcome = ready!(self.link().pending().poll(self.call_id, cx));
        self.has_ended = true;
        let (outcome, report) = match outcome {
            Outcome::Answered(Err(status)) => {
                let (status, report) = self.named(status);
                (Outcome::Answered(Err(status)), report)
            }
            Outcome::Answered(Ok(_)) | Outcome::Degraded(_) => (outcome, Some(Report::Answered)),
            Outcome::Late { sent: true } => (outcome, Some(Report::Failed)),
            Outcome::Late { sent: false } | Outcome::Unsent => (outcome, None),
        };
        self.tell(report);
        Poll::Ready(outcome)
    }

    /// A status that says where it comes from, and what it says of its endpoint.
    #[cold]
    fn named(&self, status: Status) -> (Status, Option<Report>) {
        let report = Report::of(&status);
        if status.facts().endpoint.is_some() {
            return (status, report);
        }
        (status.endpoint(Arc::clone(&self.place.connection.peer.name)), report)
    }

    /// Tells how it ended; `None`: the server has not seen it.
    fn tell(&mut self, report: Option<Report>) {
        if let (Some(began), Some(report)) = (self.began, report) {
            let now = Instant::now();
            self.ended = Some(now);
            self.place.connection.peer.ended(began, now, report, self.is_timed);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.has_ended {
            return self.link().ended(self.call_id);
        }
        self.tell(Some(Report::Abandoned));
        self.link().abandon(self.call_id);
    }
}
