//! Opens the calls of streams: a slot among the calls that wait for their answers, and the ends of two channels.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout_at;

use super::connection::Call;
use super::pending::Outcome;
use super::picker::OutgoingCall;
use super::{Client, metadata};
use crate::context::{Context, Limited};
use crate::deadline::instant_after;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::{calling, streaming};
use crate::stream::{CallerEnds, ends};
use crate::wire::frame::{Metadata, RequestFacts};

/// A call's slot until it has ended. Dropping it cancels the call.
pub(crate) struct StreamSlot {
    call: Call,
    ended: Option<Result<Bytes, Status>>,
}

impl StreamSlot {
    /// Ready once the handler has ended, from then on.
    pub(crate) fn poll_ended(&mut self, cx: &mut std::task::Context<'_>) -> Poll<()> {
        if self.ended.is_none() {
            self.ended = Some(match ready!(self.call.poll(cx)) {
                Outcome::Answered(answer) => answer,
                Outcome::Late { .. } | Outcome::Unsent => Err(streaming::stream_cut()),
            });
        }
        Poll::Ready(())
    }

    /// How the handler ended: with its encoded answer, or a status.
    pub(crate) async fn ended(&mut self) -> Result<Bytes, Status> {
        poll_fn(|cx| {
            ready!(self.poll_ended(cx));
            Poll::Ready(self.ended.clone().expect("it is kept when it is ready"))
        })
        .await
    }
}

impl Client {
    /// Whether streams work here at all: known without a connection.
    pub(crate) fn carries_streams(&self) -> bool {
        self.0.pool.is_in_process()
    }

    /// Begins a call of a stream method, before the time `limited` is over.
    pub(crate) async fn open_stream(
        &self,
        spec: &'static Spec,
        context: &Context,
        request: &Bytes,
        limited: &Limited,
    ) -> Result<(StreamSlot, CallerEnds), Status> {
        let call = OutgoingCall::new(spec, context, 0);
        let (deadline, limit, from) = (limited.deadline, limited.timeout.as_millis(), limited.from);
        let Ok(opened) = timeout_at(deadline, self.connection(call, Some(deadline))).await else {
            return Err(self.late_connecting(limit, from));
        };
        let connection = opened?;
        let places = Arc::clone(&connection.places);
        let Ok(place) = timeout_at(deadline, places.acquire_owned()).await else {
            let max = connection.server.calls_in_flight.unwrap_or(u32::MAX);
            return Err(calling::late_for_place(max, limit, from));
        };
        let place = place.map_err(|_| streaming::stream_not_begun())?;
        // A stream lasts as long as it has something to say; its caller keeps the time of the first answer.
        let forever = instant_after(Duration::MAX);
        let call =
            Call::start(connection, place, forever, true).ok_or_else(streaming::stream_not_begun)?.untimed();
        let server_max = call.connection.server.metadata_bytes;
        let metadata = metadata::encode(&Metadata::default(), context, self.limits(), server_max)?;
        let (caller, handler) = ends(self.limits());
        let facts = RequestFacts { remaining_us: u32::MAX, ..context.facts(spec) };
        if !call.send_stream(facts, &metadata, request, handler) {
            return Err(streaming::stream_over_connection(spec));
        }
        Ok((StreamSlot { call, ended: None }, caller))
    }
}
