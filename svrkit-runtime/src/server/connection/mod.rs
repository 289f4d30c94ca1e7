//! One accepted connection: hello, then frames in, calls to the router, answers out.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout};

use super::Shared;
use super::pace::Pace;
use super::retirement::retire_in_time;
use super::stranger;
use crate::context::Context;
use crate::dispatch::{Call, InFlight, NotBegun, Permit, Responder, Starts, StoppedBy, Wanted};
use crate::health::HEALTH;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::monitor::{ConnectionWatch, Ending, Hooks, Watch};
use crate::status::{Status, to_wire, words};
use crate::stream::HandlerEnds;
use crate::transport::{Activity, Inbox, InboxError, Outbox, Socket};
use crate::wire::frame::{
    FLAG_ONEWAY, Facts, Failure, Frame, FrameDecoder, FrameError, GoawayReason, HELLO_LEN_MAX,
    HELLO_NAME_LEN_MAX, Header, Hello, RequestFacts, ResponseFacts, VERSION, common_version, hello_header,
};
use crate::wire::prefix;
use crate::wire::tlv::Tlv;

/// What is shared by the reading task, the writing task and the handlers of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    outbox: Outbox,
    in_flight: InFlight,
    activity: Activity,
    limits: Limits,
    /// The peer's `message.in`, as its hello said.
    peer_message_in: OnceLock<u32>,
    /// What the peer calls itself, where its hello said.
    peer_name: OnceLock<Arc<str>>,
    reader: OnceLock<tokio::task::AbortHandle>,
}

/// Why a connection ends before its peer closes it.
enum Leave {
    /// The peer is told.
    Goaway(GoawayReason, String),
    /// The peer speaks another protocol and was answered in it, where that is known.
    Stranger(String),
    /// The peer is gone, in the middle of something.
    Lost(String),
}

/// The key under which the reading task waits for room; calls wait under their ids, and 0 is no call's.
const READER: u32 = 0;

/// What a peer gets to read our last words and close.
const LINGER: Duration = Duration::from_secs(1);

impl Connection {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            outbox: Outbox::new(limits.outbound_queue),
            in_flight: InFlight::default(),
            activity: Activity::new(),
            limits,
            peer_message_in: OnceLock::new(),
            peer_name: OnceLock::new(),
            reader: OnceLock::new(),
        }
    }

    /// Serves the connection until either side leaves.
    pub(super) async fn serve(self: &Arc<Self>, socket: Socket, shared: &Shared) {
        // However this ends, be it by a panic in somebody's hand-written code, the socket goes with it.
        let _cut = CutOnDrop(self);
        let mut watch = ConnectionWatch::new(&shared.hooks, Side::Server, "".into());
        let (read, write) = socket.into_split();
        let writer = tokio::spawn({
            let connection = Arc::clone(self);
            // An error here is the peer's leaving; the reader sees it too.
            async move {
                // Most answers were given where their requests were read; others are on their way.
                connection.outbox.run(write, || connection.in_flight.len() > 0).await
            }
        });
        let for_hello =
            FrameDecoder { body_len_max: HELLO_LEN_MAX, metadata_len_max: self.limits.metadata_bytes };
        let mut inbox = Inbox::new(read, for_hello);
        let outcome = self.read(&mut inbox, &mut watch, shared).await;
        let is_told = matches!(outcome, Err(Leave::Goaway(..) | Leave::Stranger(_)));
        if let Err(Leave::Goaway(reason, words)) = &outcome {
            self.goaway(*reason, words);
        }
        match outcome {
            Ok(()) => watch.end(Ending::Closed, ""),
            Err(Leave::Goaway(_, words) | Leave::Stranger(words)) => watch.end(Ending::Protocol, words),
            Err(Leave::Lost(words)) => watch.end(Ending::Lost, words),
        }
        // Nobody waits for these answers any more.
        self.in_flight.stop_all(StoppedBy::Caller);
        self.outbox.close();
        // Ends when all is written, when the peer takes too long for it, or with the socket's error: either way there
        // is nothing more to do.
        let _ = writer.await;
        if is_told {
            linger(&mut inbox).await;
        }
    }

    /// Lets the drain end this connection's reading; see [`Self::cut`].
    pub(super) fn set_reader(&self, reader: tokio::task::AbortHandle) {
        let _ = self.reader.set(reader);
    }

    /// Takes no new calls and tells the peer so. Calls in flight go on.
    pub(super) fn drain(&self) {
        self.in_flight.drain();
        self.goaway(GoawayReason::Draining, "the server is about to stop");
    }

    /// Tells the peer to leave, for `words`. Its calls go on, those on their way included.
    pub(super) fn retire(&self, words: &str) {
        self.goaway(GoawayReason::Draining, words);
    }

    /// When the peer was last heard of.
    pub(super) fn active(&self) -> Instant {
        self.activity.last()
    }

    /// Whatever the connection does by the clock, on one task: the deadlines of its calls, and its own end.
    async fn keep_time(&self) {
        let mut deadlines = pin!(self.in_flight.keep_deadlines());
        let mut retirement = pin!(retire_in_time(self, &self.limits));
        poll_fn(|cx| {
            let _never = deadlines.as_mut().poll(cx);
            retirement.as_mut().poll(cx)
        })
        .await;
    }

    /// Refuses the peer for good: the server has as many connections as it takes.
    pub(super) async fn turn_away(&self, socket: Socket, hooks: &Hooks) {
        let words = format!("the server has {} connections already (connections)", self.limits.connections);
        self.goaway(GoawayReason::Limit, &words);
        let mut watch = ConnectionWatch::new(hooks, Side::Server, "".into());
        watch.end(Ending::Limit, words);
        self.outbox.close();
        let (read, write) = socket.into_split();
        // The peer may be gone already: then there is nobody to tell.
        let _ = self.outbox.run(write, || false).await;
        linger(&mut Inbox::new(read, FrameDecoder { body_len_max: 0, metadata_len_max: 0 })).await;
    }

    pub(super) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Ends the connection whatever its state.
    pub(super) fn cut(&self) {
        self.in_flight.stop_all(StoppedBy::Caller);
        self.outbox.break_off();
        if let Some(reader) = self.reader.get() {
            reader.abort();
        }
    }

    async fn read(
        self: &Arc<Self>,
        inbox: &mut Inbox<impl AsyncRead + Unpin>,
        watch: &mut ConnectionWatch,
        shared: &Shared,
    ) -> Result<(), Leave> {
        let hello = match timeout(self.limits.hello_timeout, inbox.next()).await {
            Err(_) => {
                let limit = self.limits.hello_timeout.as_millis();
                return Err(Leave::protocol(format!("no whole hello within {limit} ms (hello.timeout)")));
            }
            Ok(Err(error)) => return self.leave(error),
            Ok(Ok(None)) => return Ok(()),
            Ok(Ok(Some(frame))) => frame,
        };
        self.greet(&hello, shared)?;
        // Not before: a goaway in place of a hello turns the peer away.
        let _timers = AbortOnDrop(tokio::spawn({
            let connection = Arc::clone(self);
            async move { connection.keep_time().await }
        }));
        watch.open_with(self.peer_name.get().cloned().unwrap_or_else(|| "".into()));
        inbox.limit(FrameDecoder {
            body_len_max: self.limits.message_in,
            metadata_len_max: self.limits.metadata_bytes,
        });
        let mut pace = Pace::default();
        loop {
            // A peer that does not read its answers gets no more of them.
            self.outbox.room(READER).await;
            let mut frame = match inbox.next().await {
                Ok(Some(frame)) => frame,
                Ok(None) => return Ok(()),
                Err(error) => return self.leave(error),
            };
            self.activity.note(inbox.read_at());
            pace.begin_batch(if inbox.frames() == 1 { inbox.read_at() } else { Instant::now() });
            loop {
                self.take(frame, inbox.read_at(), &mut pace, shared)?;
                if !self.outbox.has_room() {
                    break;
                }
                match inbox.arrived() {
                    Ok(Some(next)) => frame = next,
                    Ok(None) => break,
                    Err(error) => return self.leave(error),
                }
            }
            pace.end_batch(Instant::now);
        }
    }

    fn greet(&self, frame: &Frame, shared: &Shared) -> Result<(), Leave> {
        let Facts::Hello { version_min, version_max } = frame.header.facts else {
            return Err(Leave::protocol("the first frame of a connection must be a hello".into()));
        };
        // Sent whether or not the versions meet: the peer learns from it what is spoken here.
        self.outbox.push(hello_header(), &[], &shared.hello);
        if common_version(version_min, version_max).is_none() {
            let words = format!(
                "no common frame version: the peer speaks {version_min} to {version_max}, this server {VERSION}: \
                 upgrade the older side"
            );
            return Err(Leave::Goaway(GoawayReason::Version, words));
        }
        match Hello::decode(&frame.body) {
            Ok(hello) => {
                if !hello.name.is_empty() {
                    let _ = self.peer_name.set(prefix(&hello.name, HELLO_NAME_LEN_MAX).into());
                }
                if let Some(max) = hello.message_in {
                    // The only hello: `take` refuses a second one.
                    let _ = self.peer_message_in.set(max);
                }
                Ok(())
            }
            Err(error) => Err(Leave::protocol(format!("the hello cannot be decoded: {error}"))),
        }
    }

    fn take(
        self: &Arc<Self>,
        frame: Frame,
        arrived: Instant,
        pace: &mut Pace,
        shared: &Shared,
    ) -> Result<(), Leave> {
        match frame.header.facts {
            Facts::Request(_) | Facts::Cancel if frame.header.call_id == 0 => {
                return Err(Leave::protocol("call id 0, which means the connection".into()));
            }
            Facts::Request(facts) => {
                let starts = if pace.allows(Instant::now) { Starts::AtOnce } else { Starts::OnItsTask };
                self.request(facts, frame, arrived, starts, shared);
            }
            Facts::Cancel => self.in_flight.cancel(frame.header.call_id),
            Facts::Ping(token) => {
                self.outbox.push(Header::new(0, Facts::Pong(token)), &[], &[]);
            }
            // A goaway from a caller says only that it will leave.
            Facts::Pong(_) | Facts::Goaway { .. } | Facts::Skippable(_) => {}
            Facts::Hello { .. } => return Err(Leave::protocol("a second hello".into())),
            Facts::Response(_) => return Err(Leave::protocol("a response from a caller".into())),
        }
        Ok(())
    }

    fn request(
        self: &Arc<Self>,
        facts: RequestFacts,
        frame: Frame,
        arrived: Instant,
        starts: Starts,
        shared: &Shared,
    ) {
        let call_id = frame.header.call_id;
        let wanted = if frame.header.flags & FLAG_ONEWAY == 0 { Wanted::Answer } else { Wanted::Nothing };
        let watch = Watch::new(&shared.hooks, Side::Server, facts.ids(), frame.body.len(), || arrived);
        let context =
            Context::of_call(&facts, arrived, Some(self.limits.deadline_max), self.peer_name.get().cloned());
        let (max, lasts) = (self.limits.calls_in_flight, wanted.lasts(&context));
        // Who routes and watches is told why, not refused.
        let begun = match facts.service_id == HEALTH.id {
            true => self.in_flight.begin_while_draining(call_id, max, lasts),
            false => self.in_flight.begin(call_id, max, lasts),
        };
        match begun {
            Ok(stops) => {
                let responder = Arc::clone(self) as Arc<dyn Responder>;
                let permit = Permit::new(call_id, wanted, stops, starts, context, responder, watch);
                shared.router.dispatch(Call::new(facts, frame.metadata, frame.body, permit));
            }
            Err(refused) => {
                let status = refused.status(&self.limits);
                if wanted == Wanted::Answer && refused != NotBegun::Duplicate {
                    // Of an id that is in use nothing can be said: its one answer belongs to the first.
                    self.answer(call_id, Err(&status));
                }
                if let Some(watch) = watch {
                    watch.end(context.caller().unwrap_or_default(), &context, Some(&status), 0);
                }
            }
        }
    }

    fn leave(&self, error: InboxError) -> Result<(), Leave> {
        match error {
            InboxError::Frame(FrameError::NotSvrkit { start }) => {
                // Not a frame: a goaway would be noise to such a peer.
                stranger::answer(&start, &self.outbox);
                Err(Leave::Stranger(FrameError::NotSvrkit { start }.to_string()))
            }
            InboxError::Frame(error @ FrameError::Version { .. }) => {
                Err(Leave::Goaway(GoawayReason::Version, error.to_string()))
            }
            InboxError::Frame(error) => Err(Leave::protocol(error.to_string())),
            // The peer is gone; there is nobody to tell.
            InboxError::Io(error) => Err(Leave::Lost(error.to_string())),
            InboxError::CutShort => Err(Leave::Lost("it was closed in the middle of a frame".into())),
        }
    }

    fn goaway(&self, reason: GoawayReason, message: &str) {
        self.push_failure(Header::new(0, Facts::Goaway { reason }), &words(message));
    }

    fn push_failure(&self, header: Header, failure: &Failure) {
        let body = failure.encode().expect("words are far shorter than message.out");
        // A peer that takes less than the words gets the numbers alone: they stand for themselves.
        let fits = self.peer_message_in.get().is_none_or(|max| body.len() <= *max as usize);
        self.outbox.push(header, &[], if fits { &body } else { &[] });
    }
}

impl Responder for Connection {
    fn answer(&self, call_id: u32, outcome: Result<&[u8], &Status>) {
        match outcome {
            Ok(message) => {
                let header = Header::new(call_id, Facts::Response(ResponseFacts::default()));
                self.outbox.push(header, &[], message);
            }
            Err(status) => {
                let (facts, failure) = to_wire(status);
                self.push_failure(Header::new(call_id, Facts::Response(facts)), &failure);
            }
        }
    }

    fn poll_room(&self, call_id: u32, cx: &mut std::task::Context<'_>) -> Poll<()> {
        self.outbox.poll_room(call_id, cx)
    }

    fn forget_room(&self, call_id: u32) {
        self.outbox.forget_room(call_id);
    }

    fn caller_message_in(&self) -> Option<u32> {
        self.peer_message_in.get().copied()
    }

    fn take_stream(&self, _: u32) -> Option<HandlerEnds> {
        None
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }
}

/// Ends a task with the one that needs it.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Cuts the connection when the task that serves it is gone.
struct CutOnDrop<'a>(&'a Connection);

impl Drop for CutOnDrop<'_> {
    fn drop(&mut self) {
        self.0.cut();
    }
}

/// Reads on for a while: a socket that is closed with bytes unread resets the connection, and our last words with it.
async fn linger(inbox: &mut Inbox<impl AsyncRead + Unpin>) {
    // A peer that goes on sending has had its time.
    let _ = timeout(LINGER, inbox.discard()).await;
}

impl Leave {
    fn protocol(words: String) -> Self {
        Self::Goaway(GoawayReason::Protocol, words)
    }
}
