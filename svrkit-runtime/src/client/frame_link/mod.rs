//! The link of a client over a socket: hello, then frames both ways.
//!
//! Three tasks serve it: one reads answers, one writes frames, one waits for the earliest deadline. This file has what calls
//! do with the link; [`opening`] how it comes to be, [`reading`] what the server sends, [`ending`] what is said at its end.

mod ending;
mod opening;
mod reading;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

#[cfg(feature = "tls")]
pub(super) use self::ending::goaway_words;
pub(super) use self::opening::open;
use super::connection::Link;
use super::departure::Departure;
use super::pending::Pending;
use super::protection::Gate;
use super::silence::{Asked, Silence};
use crate::deadline::instant_after;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::status::catalogue::streaming;
use crate::stream::{Framed, FramedStreams, StreamEnd};
use crate::transport::{Activity, Outbox, Written};
use crate::wire::frame::{FLAG_ONEWAY, FLAG_STREAM, Facts, GoawayReason, Header, RequestFacts};

/// What the tasks of a connection and its calls share.
#[derive(Debug)]
struct FrameLink {
    pending: Pending,
    outbox: Outbox,
    endpoint: Arc<str>,
    /// Is told what answers say of whom the server admits.
    gate: Arc<Gate>,
    departure: Departure,
    activity: Activity,
    /// What the server said when it left.
    goaway: OnceLock<(GoawayReason, String)>,
    silence: Silence,
    /// How many frames the last read has brought.
    frames_read: AtomicU32,
    streams: FramedStreams,
    /// The server's `message.in`, as its hello said.
    server_message_in: OnceLock<u32>,
    limits: Limits,
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

    fn has_room(&self, request_len: usize) -> bool {
        self.outbox.has_room(request_len)
    }

    fn poll_room(&self, call_id: u32, request_len: usize, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.poll_room(call_id, request_len, cx)
    }

    fn poll_written(&self, wait: &mut Written, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.poll_written(wait, cx)
    }

    fn answers_at_once(&self) -> bool {
        false
    }

    fn send(&self, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        self.push_request(Header::new(call_id, Facts::Request(facts)), metadata, body)
    }

    fn send_oneway(&self, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        let header = Header { flags: FLAG_ONEWAY, ..Header::new(call_id, Facts::Request(facts)) };
        let taken = self.push_request(header, metadata, body);
        if taken {
            // Nothing will be heard of it.
            self.activity.note(Instant::now());
            self.pending.answer(call_id, Ok(Bytes::new()));
        }
        taken
    }

    fn send_stream(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> Option<Arc<StreamEnd>> {
        let end = FramedStreams::open(&self, call_id);
        let header = Header { flags: FLAG_STREAM, ..Header::new(call_id, Facts::Request(facts)) };
        if self.push_request(header, metadata, body) {
            return Some(end);
        }
        self.streams.close(call_id);
        None
    }

    fn abandon(&self, call_id: u32) {
        self.outbox.forget_room(call_id);
        self.give_up_stream(call_id);
        if self.pending.abandon(call_id) {
            self.cancel(call_id);
        }
        self.leave_when_idle();
    }

    fn ended(&self, call_id: u32) {
        self.outbox.forget_room(call_id);
        self.leave_when_idle();
    }

    fn expire(&self, call_id: u32) {
        let was_sent = self.pending.expire(call_id) == Some(true);
        self.streams.close(call_id);
        if was_sent {
            self.cancel(call_id);
            self.ask_whether_anyone_is_there();
        }
    }

    fn close(&self) {
        // In this order: a stream that is opened meanwhile cannot be sent, or is found here.
        self.outbox.close();
        self.streams.close_all();
    }
}

impl Framed for FrameLink {
    const SIDE: Side = Side::Client;

    fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    fn streams(&self) -> &FramedStreams {
        &self.streams
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn peer_message_in(&self) -> Option<u32> {
        self.server_message_in.get().copied()
    }

    /// The caller's own time begins with its question for the answer.
    fn all_came(&self, _: u32) {}

    fn answered(&self, call_id: u32) {
        self.pending.set_deadline(call_id, instant_after(Duration::MAX));
    }

    fn idle(&self, call_id: u32) {
        let status = streaming::stream_idle(self.limits.stream_idle.as_millis());
        if self.pending.answer(call_id, Err(status)) {
            self.streams.close(call_id);
            self.cancel(call_id);
        }
    }
}

impl FrameLink {
    fn new(endpoint: Arc<str>, gate: Arc<Gate>, limits: &Limits) -> Self {
        Self {
            pending: Pending::default(),
            outbox: Outbox::new(limits.outbound_queue),
            endpoint,
            gate,
            departure: Departure::default(),
            activity: Activity::new(),
            goaway: OnceLock::new(),
            silence: Silence::default(),
            frames_read: AtomicU32::new(0),
            streams: FramedStreams::default(),
            server_message_in: OnceLock::new(),
            limits: *limits,
        }
    }

    /// Nobody takes what still comes of a call's stream, if it has one.
    fn give_up_stream(&self, call_id: u32) {
        if let Some(end) = self.streams.close(call_id) {
            end.discard();
        }
    }

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

    /// Closes our side of a connection that is being left once nothing is waited for: the server can end then. A call that has
    /// chosen it by then is waited for, or finds no slot here and goes elsewhere.
    fn leave_when_idle(&self) {
        if self.departure.has_begun() && self.pending.close_if_idle() {
            self.outbox.close();
        }
    }

    /// Tells the server that nobody waits for this call any more.
    fn cancel(&self, call_id: u32) {
        // However much is queued, its own request included: where there is no room no further call is sent, so that of a server that
        // reads nothing no more are given up than were sent before.
        self.outbox.push(Header::new(call_id, Facts::Cancel), &[], &[]);
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
}
