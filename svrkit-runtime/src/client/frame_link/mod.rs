//! The link of a client over a socket: hello, then frames both ways.
//!
//! Three tasks serve it: one reads answers, one writes frames, one waits for the earliest deadline.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout};

use super::connection::{Connection, Link};
use super::departure::Departure;
use super::dial::dial;
use super::pending::Pending;
use super::pool::Peer;
use super::silence::{Asked, Silence};
use super::timer;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::monitor::{ConnectionWatch, Ending, Hooks};
use crate::status::catalogue::connecting;
use crate::status::{Layer, Retry, Status, from_wire};
use crate::stream::HandlerEnds;
use crate::transport::{Activity, Inbox, InboxError, Outbox, ReadHalf, Written};
use crate::wire::frame::{
    FLAG_ONEWAY, Facts, Failure, Frame, FrameDecoder, FrameError, GoawayReason, HELLO_LEN_MAX,
    HELLO_NAME_LEN_MAX, Header, Hello, RequestFacts, VERSION, common_version, hello_header,
};
use crate::wire::prefix;
use crate::wire::tlv::Tlv;

/// What the tasks of a connection and its calls share.
#[derive(Debug)]
struct FrameLink {
    pending: Pending,
    outbox: Outbox,
    endpoint: Arc<str>,
    departure: Departure,
    activity: Activity,
    /// What the server said when it left.
    goaway: OnceLock<(GoawayReason, String)>,
    silence: Silence,
    /// How many frames the last read has brought.
    frames_read: AtomicU32,
}

/// Opens a connection to `peer` and exchanges hellos.
pub(super) async fn open(
    peer: &Arc<Peer>,
    name: &str,
    limits: &Limits,
    hooks: &Hooks,
) -> Result<Connection, Status> {
    let mut watch = ConnectionWatch::new(hooks, Side::Client, Arc::clone(&peer.name));
    let opened = exchange_hellos(peer, name, limits).await;
    let (link, inbox, server) =
        opened.inspect_err(|status| watch.end(Ending::NotOpened, status.message()))?;
    watch.open();
    let reader = tokio::spawn({
        let link = Ended(Arc::clone(&link));
        async move { link.0.read(inbox, watch).await }
    });
    let timer = tokio::spawn({
        let link = Ended(Arc::clone(&link));
        async move { timer::run(Arc::clone(&link.0)).await }
    });
    Ok(Connection::new(link, server, Arc::clone(peer), vec![reader.abort_handle(), timer.abort_handle()]))
}

async fn exchange_hellos(
    peer: &Peer,
    name: &str,
    limits: &Limits,
) -> Result<(Arc<FrameLink>, Inbox<ReadHalf>, Hello), Status> {
    let endpoint = &peer.name;
    let socket =
        dial(peer.address(), limits).await.map_err(|status| status.endpoint(Arc::clone(endpoint)))?;
    let (read, write) = socket.into_split();
    let link = Arc::new(FrameLink {
        pending: Pending::default(),
        outbox: Outbox::new(limits.outbound_queue),
        endpoint: Arc::clone(endpoint),
        departure: Departure::default(),
        activity: Activity::new(),
        goaway: OnceLock::new(),
        silence: Silence::default(),
        frames_read: AtomicU32::new(0),
    });
    link.outbox.push(hello_header(), &[], &own_hello(name, limits));
    tokio::spawn({
        let link = Arc::clone(&link);
        async move {
            // An error is the server's leaving; the reader sees it too, and says why.
            let _ = link.outbox.run(write, || link.has_company()).await;
            link.departure.begin();
        }
    });
    let for_hello = FrameDecoder { body_len_max: HELLO_LEN_MAX, metadata_len_max: limits.metadata_bytes };
    let mut inbox = Inbox::new(read, for_hello);
    let server = link.greet(&mut inbox, limits).await.map_err(|status| {
        link.outbox.break_off();
        status.layer(Layer::Handshake).endpoint(Arc::clone(endpoint))
    })?;
    inbox.limit(FrameDecoder { body_len_max: limits.message_in, ..for_hello });
    Ok((link, inbox, server))
}

fn own_hello(name: &str, limits: &Limits) -> Vec<u8> {
    let hello = Hello {
        name: prefix(name, HELLO_NAME_LEN_MAX).into(),
        message_in: Some(limits.message_in),
        metadata_bytes: Some(limits.metadata_bytes.into()),
        ..Hello::default()
    };
    hello.encode().expect("a hello of a short name is below message.out")
}

/// Ends the link when one of its tasks is gone, be it with its runtime: without a reader no answer would ever come,
/// without a timer no deadline.
struct Ended(Arc<FrameLink>);

impl Drop for Ended {
    fn drop(&mut self) {
        let link = &self.0;
        link.departure.begin();
        link.pending.close(|waiting| link.lost(connecting::connection_ended_here(), waiting));
        link.outbox.close();
    }
}

impl Link for FrameLink {
    fn pending(&self) -> &Pending {
        &self.pending
    }

    fn departure(&self) -> &Departure {
        &self.departure
    }

    fn activity(&self) -> Option<&Activity> {
        Some(&self.activity)
    }

    fn leave(&self) {
        self.departure.begin();
        self.leave_when_idle();
    }

    fn has_room(&self) -> bool {
        self.outbox.has_room()
    }

    fn poll_room(&self, call_id: u32, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.poll_room(call_id, cx)
    }

    fn poll_written(&self, wait: &mut Written, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.poll_written(wait, cx)
    }

    fn send(self: Arc<Self>, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        self.push_request(Header::new(call_id, Facts::Request(facts)), metadata, body)
    }

    fn send_oneway(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> bool {
        let header = Header { flags: FLAG_ONEWAY, ..Header::new(call_id, Facts::Request(facts)) };
        let taken = self.push_request(header, metadata, body);
        if taken {
            // Nothing will be heard of it.
            self.activity.note(Instant::now());
            self.pending.answer(call_id, Ok(Bytes::new()));
        }
        taken
    }

    fn send_stream(self: Arc<Self>, _: u32, _: RequestFacts, _: &Bytes, _: &Bytes, _: HandlerEnds) -> bool {
        false
    }

    fn abandon(&self, call_id: u32) {
        self.outbox.forget_room(call_id);
        if self.pending.abandon(call_id) {
            self.cancel(call_id);
        }
        self.leave_when_idle();
    }

    fn expire(&self, call_id: u32) {
        if self.pending.expire(call_id) == Some(true) {
            self.cancel(call_id);
            self.ask_whether_anyone_is_there();
        }
    }

    fn close(&self) {
        self.outbox.close();
    }
}

impl FrameLink {
    /// Whether others may be about to call as well: several wait for answers, or have just been answered together.
    fn has_company(&self) -> bool {
        self.frames_read.load(Ordering::Relaxed) != 1 || self.pending.taken() > 1
    }

    fn push_request(&self, header: Header, metadata: &Bytes, body: &Bytes) -> bool {
        let taken = self.outbox.push_shared(header, metadata, body);
        if !taken {
            // The writer met the end before the reader did.
            self.departure.begin();
        }
        taken
    }

    /// Waits for the server's hello.
    async fn greet(
        &self,
        inbox: &mut Inbox<impl AsyncRead + Unpin>,
        limits: &Limits,
    ) -> Result<Hello, Status> {
        let frame = match timeout(limits.hello_timeout, inbox.next()).await {
            Err(_) => {
                let limit = limits.hello_timeout.as_millis();
                return Err(connecting::hello_late(limit));
            }
            Ok(Ok(Some(frame))) => frame,
            Ok(Ok(None)) => return Err(connecting::hello_missing()),
            Ok(Err(error)) => return Err(self.broken(error, 0)),
        };
        match frame.header.facts {
            Facts::Hello { version_min, version_max }
                if common_version(version_min, version_max).is_none() =>
            {
                Err(connecting::version_unshared(version_min, version_max, VERSION))
            }
            Facts::Hello { .. } => Hello::decode(&frame.body).map_err(connecting::hello_unreadable),
            Facts::Goaway { reason } => Err(connecting::turned_away(goaway_words(&frame, reason))),
            _ => Err(connecting::hello_not_first()),
        }
    }

    async fn read(&self, mut inbox: Inbox<impl AsyncRead + Unpin>, mut watch: ConnectionWatch) {
        let why = loop {
            match inbox.next().await {
                Ok(Some(frame)) => {
                    self.silence.heard();
                    self.frames_read.store(inbox.frames(), Ordering::Relaxed);
                    if inbox.frames() == 1 {
                        self.activity.note(inbox.read_at());
                    }
                    if let Err(refused) = self.take(frame) {
                        break Err(refused);
                    }
                }
                Ok(None) => break Ok(None),
                Err(error) => break Ok(Some(error)),
            }
        };
        self.departure.begin();
        let words = |status: Status| status.message().to_owned();
        match &why {
            Ok(None) => watch.end(Ending::Closed, self.goaway.get().map_or("", |(_, words)| words)),
            Ok(Some(InboxError::Frame(error))) => watch.end(Ending::Protocol, error.to_string()),
            Ok(Some(InboxError::Io(error))) => watch.end(Ending::Lost, error.to_string()),
            Ok(Some(InboxError::CutShort)) => watch.end(Ending::Lost, words(connecting::frame_cut_short())),
            Err(refused) => watch.end(Ending::Protocol, words(refused())),
        }
        self.pending.close(|waiting| match why {
            Ok(None) => self.closed(waiting),
            Ok(Some(error)) => self.broken(error, waiting),
            Err(refused) => self.lost(refused(), waiting),
        });
    }

    fn take(&self, frame: Frame) -> Result<(), fn() -> Status> {
        let call_id = frame.header.call_id;
        match frame.header.facts {
            // Nobody may wait for it any more: given up, or answered already.
            Facts::Response(facts) => {
                let outcome =
                    if facts.code == 0 { Ok(frame.body) } else { Err(from_wire(&facts, &frame.body)) };
                self.pending.answer(call_id, outcome);
                self.leave_when_idle();
            }
            Facts::Goaway { reason } => {
                let _ = self.goaway.set((reason, goaway_words(&frame, reason)));
                self.leave();
            }
            // A server that floods pings and reads nothing gets no more pongs.
            Facts::Ping(token) if !self.outbox.is_stuck() => {
                self.outbox.push(Header::new(0, Facts::Pong(token)), &[], &[]);
            }
            Facts::Ping(_) => {}
            Facts::Pong(_) | Facts::Skippable(_) => {}
            Facts::Hello { .. } => return Err(connecting::hello_repeated),
            Facts::Request(_) | Facts::Cancel => {
                return Err(connecting::frame_of_callers);
            }
        }
        Ok(())
    }

    /// Closes our side of a connection that is being left once nothing is waited for: the server can end then.
    fn leave_when_idle(&self) {
        if self.departure.has_begun() && self.pending.is_idle() {
            self.outbox.close();
        }
    }

    /// Tells the server that nobody waits for this call any more.
    fn cancel(&self, call_id: u32) {
        // A server that reads nothing needs no more cancels: each second's calls would add some for ever.
        if !self.outbox.is_stuck() {
            self.outbox.push(Header::new(call_id, Facts::Cancel), &[], &[]);
        }
    }

    /// A call was not answered in time. If nothing has been heard since the last such question, the server is taken for
    /// dead: TCP alone would take a quarter of an hour to say so.
    fn ask_whether_anyone_is_there(&self) {
        match self.silence.ask() {
            Asked::Again => self.departure.begin(),
            Asked::Anew(token) => {
                self.outbox.push(Header::new(0, Facts::Ping(token)), &[], &[]);
            }
        }
    }

    /// The server closed the connection between two frames.
    fn closed(&self, waiting: usize) -> Status {
        let status = match self.goaway.get() {
            Some((GoawayReason::Protocol, words)) => connecting::server_accused(words),
            Some((_, words)) => connecting::server_left(words),
            None => connecting::connection_closed(),
        };
        self.lost(status, waiting)
    }

    /// The connection failed.
    fn broken(&self, error: InboxError, waiting: usize) -> Status {
        let status = match error {
            InboxError::Frame(error @ FrameError::NotSvrkit { .. }) => connecting::peer_foreign(error),
            InboxError::Frame(error) => connecting::frame_broken(error),
            InboxError::Io(error) => connecting::connection_lost().source_io(error),
            InboxError::CutShort => connecting::frame_cut_short(),
        };
        self.lost(status, waiting)
    }

    /// `waiting` calls had been sent: whether they had an effect is not known, and only without any is it sure that
    /// another endpoint may be tried.
    fn lost(&self, status: Status, waiting: usize) -> Status {
        let status = status.endpoint(Arc::clone(&self.endpoint));
        match waiting {
            0 => status.retry(Retry::Elsewhere),
            1 => status.append("; a call was waiting, and whether it had an effect is not known"),
            _ => status.append(&format!(
                "; {waiting} calls were waiting, and whether they had an effect is not known"
            )),
        }
    }
}

/// What a goaway says.
fn goaway_words(frame: &Frame, reason: GoawayReason) -> String {
    match Failure::decode(&frame.body) {
        Ok(failure) if !failure.message.is_empty() => failure.message,
        _ => format!("{reason:?}").to_lowercase(),
    }
}
