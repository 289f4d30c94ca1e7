//! Streams over the frames of a connection: both of its ends carry them alike.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;

use super::carrier::{Carrier, Delivery};
use super::end::StreamEnd;
use super::table::Streams;
use super::violation::Violation;
use super::window::{CREDIT_MIN, ReceiveWindow, SendWindow, cost, share_cost};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::status::{Status, to_response};
use crate::transport::{NEUTRAL, Outbox, USELESS, Worth};
use crate::wire::frame::{FLAG_PACKED, Facts, Frame, Header, Hello, Pack, ResponseFacts, WHOLE_LEN_MAX};

/// An end of a connection that carries streams.
pub(crate) trait Framed: Send + Sync + std::fmt::Debug + 'static {
    /// At which end it stands.
    const SIDE: Side;

    fn outbox(&self) -> &Outbox;

    fn streams(&self) -> &FramedStreams;

    fn limits(&self) -> &Limits;

    /// The largest message the peer takes, where it said so.
    fn peer_message_in(&self) -> Option<u32>;

    /// The caller has sent all, and has no answer yet.
    fn all_came(&self, call_id: u32);

    /// The first answer of a call has passed: it has no deadline any more.
    fn answered(&self, call_id: u32);

    /// Nothing has happened on this stream for `stream.idle`.
    fn idle(&self, call_id: u32);
}

/// The streams of one end of a connection. It holds next to nothing until there is one.
#[derive(Debug, Default)]
pub(crate) struct FramedStreams {
    open: Streams,
    /// What the peer takes at first, of a stream and in all.
    peer: OnceLock<PeerWindows>,
    windows: OnceLock<Box<Windows>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct PeerWindows {
    stream: u32,
    connection: u32,
}

/// What may go and come on a connection, of all of its streams together.
#[derive(Debug)]
struct Windows {
    send: SendWindow,
    /// Those who wait for it to open, by their calls.
    waiting: Mutex<BTreeMap<u32, Waker>>,
    receive: Mutex<ReceiveWindow>,
}

impl FramedStreams {
    /// Notes what the peer's hello says of its windows. Who says nothing takes nothing until it gives credit.
    pub(crate) fn greet(&self, hello: &Hello) {
        let (stream, connection) =
            (hello.stream_window.unwrap_or_default(), hello.connection_window.unwrap_or_default());
        // There is one hello.
        let _ = self.peer.set(PeerWindows { stream, connection });
    }

    /// Opens this end of a call's stream.
    pub(crate) fn open<C: Framed>(carrier: &Arc<C>, call_id: u32) -> Arc<StreamEnd> {
        let streams = carrier.streams();
        let window = streams.peer_windows().stream;
        let end = Arc::new(StreamEnd::new(call_id, C::SIDE, Arc::clone(carrier) as Arc<dyn Carrier>, window));
        let keeper = Arc::downgrade(carrier);
        streams.open.insert(call_id, &end, carrier.limits().stream_idle, move |call_id| {
            if let Some(carrier) = keeper.upgrade() {
                carrier.idle(call_id);
            }
        });
        end
    }

    /// Ends a stream with its call.
    #[inline]
    pub(crate) fn close(&self, call_id: u32) -> Option<Arc<StreamEnd>> {
        if self.open.is_unused() {
            return None;
        }
        let end = self.open.close(call_id);
        if let (Some(_), Some(windows)) = (&end, self.windows.get()) {
            windows.waiting().remove(&call_id);
        }
        end
    }

    /// Ends all of them with their connection.
    pub(crate) fn close_all(&self) {
        self.open.close_all();
    }

    fn peer_windows(&self) -> PeerWindows {
        self.peer.get().copied().unwrap_or_default()
    }

    fn windows(&self, limits: &Limits) -> &Windows {
        self.windows.get_or_init(|| {
            let send = SendWindow::new(self.peer_windows().connection);
            let receive = ReceiveWindow::new(limits.connection_window, limits.message_in);
            Box::new(Windows { send, waiting: Mutex::default(), receive: Mutex::new(receive) })
        })
    }
}

impl Windows {
    /// Each change under the locks is a few plain assignments: a panic cannot leave it half done.
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<u32, Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self) -> MutexGuard<'_, ReceiveWindow> {
        self.receive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a frame of messages from the peer. Those of a call that is not there, not any more or without a stream, are thrown away.
pub(crate) fn receive<C: Framed>(carrier: &C, frame: Frame) -> Result<Worth, Violation> {
    let Frame { header: Header { call_id, flags, .. }, body, .. } = frame;
    let cost = cost(body.len());
    let streams = carrier.streams();
    if !streams.windows(carrier.limits()).receive().receive(cost) {
        return Err(Violation::BeyondConnectionWindow { window: carrier.limits().connection_window });
    }
    let Some(end) = streams.open.find(call_id) else {
        Carrier::taken(carrier, cost);
        return Ok(USELESS);
    };
    // A short one is a slice of what was read, and would hold all of that for as long as it waits.
    let body = if body.len() > WHOLE_LEN_MAX { body } else { Bytes::copy_from_slice(&body) };
    let messages = if flags & FLAG_PACKED == 0 { Ok(Pack::alone(body)) } else { Pack::read(body) };
    let messages = messages.map_err(|why| Violation::Unpackable { call_id, why })?;
    end.receive(messages, cost).map(|()| Worth::Call)
}

/// Takes a caller's word that it has sent all, or why not.
pub(crate) fn receive_end<C: Framed>(
    carrier: &C,
    call_id: u32,
    outcome: Result<(), Status>,
) -> Result<Worth, Violation> {
    let end = carrier.streams().open.find(call_id);
    end.map_or(Ok(USELESS), |end| end.receive_end(outcome).map(|()| NEUTRAL))
}

/// Takes credit from the peer: of a call's stream, or, for call id 0, of all.
pub(crate) fn grant<C: Framed>(carrier: &C, call_id: u32, bytes: u32) -> Result<Worth, Violation> {
    let worth = if bytes < CREDIT_MIN { USELESS } else { NEUTRAL };
    let streams = carrier.streams();
    if call_id != 0 {
        return streams.open.find(call_id).map_or(Ok(USELESS), |end| end.grant(bytes).map(|()| worth));
    }
    let windows = streams.windows(carrier.limits());
    if !windows.send.grant(bytes) {
        return Err(Violation::CreditOverflow { call_id });
    }
    if windows.send.is_open() {
        // Taken first: whoever is woken may wait again.
        let waiting = std::mem::take(&mut *windows.waiting());
        waiting.into_values().for_each(Waker::wake);
    }
    Ok(worth)
}

impl<C: Framed> Carrier for C {
    fn has_room(&self, message_len: usize) -> bool {
        let windows = self.streams().windows(Framed::limits(self));
        windows.send.is_open() && self.outbox().has_message_room(message_len)
    }

    fn poll_room(&self, call_id: u32, message_len: usize, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.outbox().poll_message_room(call_id, message_len, cx));
        let windows = self.streams().windows(Framed::limits(self));
        let mut waiting = windows.waiting();
        // Looked at under the lock, where whoever gives credit looks for who waits.
        if windows.send.is_open() {
            return Poll::Ready(());
        }
        waiting.insert(call_id, cx.waker().clone());
        Poll::Pending
    }

    fn message(&self, call_id: u32, message: &[u8]) -> Delivery {
        if message.len() > WHOLE_LEN_MAX && !self.outbox().has_room(message.len()) {
            return Delivery::NotNow;
        }
        let window = &self.streams().windows(Framed::limits(self)).send;
        let mut delivery = Delivery::NotNow;
        let is_open = self.outbox().push_message(call_id, message, |share| {
            let cost = if share.is_first { cost(share.body_len) } else { share_cost(share.body_len) };
            let is_admitted = window.charge(cost);
            if is_admitted {
                delivery = Delivery::Sent { cost };
            }
            is_admitted
        });
        if is_open { delivery } else { Delivery::Gone }
    }

    fn end(&self, call_id: u32, outcome: Result<(), &Status>) {
        let (facts, body) = match outcome {
            Ok(()) => (ResponseFacts::default(), Cow::default()),
            Err(status) => to_response(status, Framed::peer_message_in(self)),
        };
        self.outbox().push(Header::new(call_id, Facts::End(facts)), &[], &body);
    }

    fn credit(&self, call_id: u32, bytes: u32) {
        self.outbox().push(Header::new(call_id, Facts::Credit(bytes)), &[], &[]);
    }

    fn taken(&self, cost: u32) {
        let credit = self.streams().windows(Framed::limits(self)).receive().take(cost);
        if let Some(credit) = credit {
            Carrier::credit(self, 0, credit);
        }
    }

    fn all_came(&self, call_id: u32) {
        Framed::all_came(self, call_id);
    }

    fn answered(&self, call_id: u32) {
        Framed::answered(self, call_id);
    }

    fn limits(&self) -> &Limits {
        Framed::limits(self)
    }

    fn peer_message_in(&self) -> Option<u32> {
        Framed::peer_message_in(self)
    }
}
