//! One accepted connection: hello, then frames in, calls to the router, answers out.
//!
//! This file has its life; [`reading`] what its peer sends, [`greeting`] the hello among that, [`arrival`] the requests,
//! [`answering`] the way back, [`streaming`] what streams need of it, [`securing`] TLS, [`whose`] calls they are, [`leave`] why it ends early, [`seen`] what admin
//! pages show of it.

mod answering;
mod arrival;
mod greeting;
mod leave;
mod reading;
mod securing;
mod seen;
mod streaming;
mod whose;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout};

use self::leave::Leave;
pub(super) use self::securing::{Door, Security};
use super::Shared;
use super::capacity::Full;
use super::retirement::retire_in_time;
use crate::admission::{Gate, LoadOfRun};
use crate::dispatch::{InFlight, StoppedBy};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::log::{self, Event};
use crate::metrics::Metrics;
use crate::monitor::{ConnectionWatch, Ending};
use crate::queue::Queues;
use crate::status::{failure_body, words};
use crate::stream::FramedStreams;
use crate::task;
use crate::transport::{Activity, Inbox, Outbox, Socket, discard};
use crate::wire::frame::{Facts, FrameDecoder, GoawayReason, HELLO_LEN_MAX, Header};

/// What is shared by the reading task, the writing task and the handlers of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    outbox: Outbox,
    in_flight: InFlight,
    activity: Activity,
    limits: Limits,
    /// Its address, where it has one.
    peer: Option<SocketAddr>,
    /// What has come; the reading task alone changes it.
    bytes_in: AtomicU64,
    /// What its calls are counted in, if they are.
    metrics: Option<Metrics>,
    /// Where its calls wait, if they do.
    gate: Option<Arc<Gate>>,
    load: Arc<LoadOfRun>,
    /// The queued methods that are served.
    queues: Queues,
    /// How many calls were refused by their caller's fault.
    refused: AtomicU32,
    /// Its caller's number, once a rate of callers has asked for it.
    rated_as: OnceLock<u64>,
    /// The peer's `message.in`, as its hello said.
    peer_message_in: OnceLock<u32>,
    /// What the peer calls itself, where its hello said.
    peer_name: OnceLock<Arc<str>>,
    /// Who the peer is, where it proved it.
    #[cfg(feature = "tls")]
    certificate: OnceLock<Arc<crate::tls::PeerCertificate>>,
    reader: OnceLock<tokio::task::AbortHandle>,
    streams: FramedStreams,
    /// Of [`GREETED`], [`LEFT_TO_SUCCESSOR`] and [`LEAVING`].
    progress: AtomicU8,
}

/// The peer has our hello.
const GREETED: u8 = 1;
/// The peer is to leave, for another process that has taken over.
const LEFT_TO_SUCCESSOR: u8 = 2;
/// The peer has been told to leave.
const LEAVING: u8 = 4;

/// What a peer gets to read our last words and close.
const LINGER: Duration = Duration::from_secs(1);

impl Connection {
    pub(super) fn new(peer: Option<SocketAddr>, shared: &Shared) -> Self {
        let limits = shared.limits;
        Self {
            outbox: Outbox::new(limits.outbound_queue),
            in_flight: InFlight::default(),
            activity: Activity::new(),
            limits,
            peer,
            bytes_in: AtomicU64::new(0),
            metrics: shared.metrics.clone(),
            gate: shared.gate.clone(),
            load: Arc::clone(&shared.load),
            queues: shared.queues.clone(),
            refused: AtomicU32::new(0),
            rated_as: OnceLock::new(),
            peer_message_in: OnceLock::new(),
            peer_name: OnceLock::new(),
            #[cfg(feature = "tls")]
            certificate: OnceLock::new(),
            reader: OnceLock::new(),
            streams: FramedStreams::default(),
            progress: AtomicU8::new(0),
        }
    }

    /// Serves the connection until either side leaves.
    pub(super) async fn serve(self: &Arc<Self>, socket: Socket, shared: &Shared) {
        // However this ends, be it by a panic in somebody's hand-written code, the socket goes with it.
        let _cut = CutOnDrop(self);
        let mut watch = ConnectionWatch::new(&shared.hooks, shared.metrics.as_ref(), Side::Server, "".into());
        let Some(socket) = self.secure(socket, &mut watch, shared).await else { return };
        let (read, write) = socket.into_split();
        let writer = task::spawn({
            let connection = Arc::clone(self);
            // An error here is the peer's leaving; the reader sees it too.
            async move {
                // Most answers were given where their requests were read; others are on their way.
                connection.outbox.run(write, || connection.in_flight.len() > 0).await
            }
        });
        let for_hello =
            FrameDecoder { body_len_max: HELLO_LEN_MAX, metadata_len_max: self.limits.metadata_bytes };
        let mut inbox = Inbox::new(read, for_hello, &self.limits);
        let outcome = self.read(&mut inbox, &mut watch, shared).await;
        let is_told = matches!(outcome, Err(Leave::Goaway(..) | Leave::Stranger(_)));
        if let Err(Leave::Goaway(reason, words)) = &outcome {
            self.goaway(*reason, words);
        }
        self.log_cut(&outcome);
        match outcome {
            Ok(()) => watch.end(Ending::Closed, ""),
            Err(Leave::Goaway(GoawayReason::Limit, words)) => watch.end(Ending::Limit, words),
            Err(Leave::Goaway(_, words) | Leave::Stranger(words)) => watch.end(Ending::Protocol, words),
            Err(Leave::Lost(words)) => watch.end(Ending::Lost, words),
        }
        // Nobody waits for these answers any more.
        self.in_flight.stop_all(StoppedBy::Caller);
        self.streams.close_all();
        self.outbox.close();
        // Ends when all is written, when the peer takes too long for it, or with the socket's error: either way there
        // is nothing more to do.
        let _ = writer.await;
        if is_told {
            linger(inbox.into_socket()).await;
        }
    }

    /// Tells the log why a peer was cut: the peer is told as well, but may be anybody's, or hear nothing any more.
    fn log_cut(&self, outcome: &Result<(), Leave>) {
        let (Err(Leave::Goaway(_, words)) | Err(Leave::Stranger(words))) = outcome else { return };
        let (address, name) = (self.shown_address(), self.peer_name.get().map_or("", |name| name));
        let fields = [("peer", &*address), ("name", name)];
        log::line(Event::ConnectionCut, &fields, format_args!("cut the connection of {address}: {words}"));
    }

    /// The same of a peer that there is no place for.
    fn log_refused(&self, words: &str) {
        let address = self.shown_address();
        let said = format_args!("turned {address} away: {words}");
        log::line(Event::ConnectionRefused, &[("peer", &address)], said);
    }

    fn shown_address(&self) -> String {
        self.peer.map_or_else(|| "a peer on this machine".into(), |peer| peer.to_string())
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

    /// Tells the peer that another process has taken over. Its calls go on, those on their way included. A goaway in place of a
    /// hello would turn the peer away: one that has none yet is told after it.
    pub(super) fn leave_to_successor(&self) {
        if self.progress.fetch_or(LEFT_TO_SUCCESSOR, Ordering::AcqRel) & GREETED != 0 {
            self.tell_of_successor();
        }
    }

    /// Notes that the hello is on its way.
    fn note_greeted(&self) {
        if self.progress.fetch_or(GREETED, Ordering::AcqRel) & LEFT_TO_SUCCESSOR != 0 {
            self.tell_of_successor();
        }
    }

    fn tell_of_successor(&self) {
        self.goaway(GoawayReason::Draining, "another process has taken over here");
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

    /// Refuses the peer for good: the server has as many connections as it takes. Whether it speaks TLS is not waited for: a client
    /// of ours reads this in place of a handshake.
    pub(super) async fn turn_away(&self, socket: Socket, full: Full, shared: &Shared) {
        let words = shared.connections.capacity().words(full);
        self.goaway(GoawayReason::Limit, &words);
        self.log_refused(&words);
        let mut watch = ConnectionWatch::new(&shared.hooks, shared.metrics.as_ref(), Side::Server, "".into());
        watch.end(Ending::Limit, words);
        if let Ok(_place) = shared.connections.farewells().try_acquire() {
            self.part(socket).await;
        }
    }

    /// Writes what is queued, and nothing else is heard or said.
    async fn part(&self, socket: Socket) {
        self.outbox.close();
        let (read, write) = socket.into_split();
        // The peer may be gone already: then there is nobody to tell.
        let _ = self.outbox.run(write, || false).await;
        linger(read).await;
    }

    pub(super) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Ends the connection whatever its state.
    pub(super) fn cut(&self) {
        self.in_flight.stop_all(StoppedBy::Caller);
        self.streams.close_all();
        self.outbox.break_off();
        if let Some(reader) = self.reader.get() {
            reader.abort();
        }
    }

    fn goaway(&self, reason: GoawayReason, message: &str) {
        self.progress.fetch_or(LEAVING, Ordering::Relaxed);
        let body = failure_body(&words(message), self.peer_message_in.get().copied());
        self.outbox.push(Header::new(0, Facts::Goaway { reason }), &[], &body);
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
async fn linger(socket: impl AsyncRead + Unpin) {
    // A peer that goes on sending has had its time.
    let _ = timeout(LINGER, discard(socket)).await;
}
