//! Opening the call of a stream: through the interceptors, to a connection, with a slot among the calls that wait there.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::connection::{Call, Connection, Place};
use super::pending::Outcome;
use super::picker::OutgoingCall;
use super::protection::Entrant;
use super::told::Told;
use super::{Client, metadata};
use crate::context::{Context, Limited};
use crate::deadline::instant_after;
use crate::interceptor::{Envelope, Reply, Side};
use crate::spec::{Spec, Streaming};
use crate::status::Status;
use crate::status::catalogue::{calling, streaming};
use crate::stream::StreamEnd;
use crate::wire::frame::{Metadata, RequestFacts};

/// The call of a stream that is to be opened, within its time.
pub(crate) struct OpeningStream<'a> {
    pub(crate) client: &'a Client,
    pub(crate) spec: &'static Spec,
    pub(crate) context: Context,
    pub(crate) metadata: Metadata,
    /// The encoded request; empty where requests are a stream themselves.
    pub(crate) request: Bytes,
    pub(crate) limited: Limited,
}

impl OpeningStream<'_> {
    /// Opens it. Whoever listens is told of it from behind the interceptors on, by `told`.
    pub(crate) async fn open(self, told: &mut Told) -> Result<StreamSlot, Status> {
        if self.client.interceptors().is_empty() {
            return self.open_directly(told).await;
        }
        let (deadline, late) = (self.limited.deadline, self.late());
        timeout_at(deadline, self.intercept(told)).await.unwrap_or(Err(late))
    }

    /// Passes the interceptors: their reply comes when the stream has begun, and is empty.
    async fn intercept(mut self, told: &mut Told) -> Result<StreamSlot, Status> {
        let (client, spec, limits) = (self.client, self.spec, self.client.limits());
        let (context, metadata) = (self.context.clone(), std::mem::take(&mut self.metadata));
        let request = std::mem::take(&mut self.request);
        let envelope = Envelope::new(Side::Client, spec, context, metadata, request, limits);
        let mut opened = None;
        let slot = &mut opened;
        let passed = client.interceptors().run(envelope, move |envelope| {
            Box::pin(async move {
                let Envelope { context, metadata, body, .. } = envelope;
                self.limited.deadline = context
                    .deadline()
                    .map_or(self.limited.deadline, |earlier| earlier.min(self.limited.deadline));
                let behind = Self { context, metadata, request: body, ..self };
                *slot = Some(behind.open_directly(told).await?);
                Ok(Reply::new(Bytes::new(), limits))
            })
        });
        passed.await?;
        opened.ok_or_else(|| streaming::stream_not_passed_on(spec))
    }

    async fn open_directly(self, told: &mut Told) -> Result<StreamSlot, Status> {
        told.begin(self.client, self.spec, &self.context, self.request.len(), (1, Instant::now()));
        loop {
            let connection = self.connect().await?;
            if let Some(slot) = self.open_on(connection, told).await? {
                return Ok(slot);
            }
        }
    }

    async fn connect(&self) -> Result<Arc<Connection>, Status> {
        let call = OutgoingCall::new(self.spec, &self.context, 0);
        let deadline = self.limited.deadline;
        let connecting = timeout_at(deadline, self.client.connection(call, Some(deadline)));
        let (limit, from) = (self.limited.timeout.as_millis(), self.limited.from);
        let connection =
            connecting.await.unwrap_or_else(|_| Err(self.client.late_connecting(limit, from)))?;
        if connection.peer().gate.is_guarded() {
            self.client.protection().pass(connection.peer(), call.entrant())?;
        }
        if let Some(name) = connection.served_name(self.spec.service_id)
            && name != self.spec.service
        {
            return Err(calling::service_mismatch(name, self.spec.service_id, self.spec.service));
        }
        if connection.server.stream_window.is_none() {
            return Err(streaming::server_without_streams(self.spec));
        }
        match connection.server.message_in {
            Some(max) if self.request.len() > max as usize => {
                Err(calling::request_over_limit(self.request.len(), max))
            }
            _ => Ok(connection),
        }
    }

    /// `None`: the connection has ended meanwhile, and the server has seen nothing.
    async fn open_on(
        &self,
        connection: Arc<Connection>,
        told: &mut Told,
    ) -> Result<Option<StreamSlot>, Status> {
        let max = connection.server.calls_in_flight.unwrap_or(u32::MAX);
        let Ok(place) = timeout_at(self.limited.deadline, Place::take(connection)).await else {
            return Err(calling::late_for_place(max, self.limited.timeout.as_millis(), self.limited.from));
        };
        let connection = &place.connection;
        if !connection.link.takes_calls() {
            return Ok(None);
        }
        // Of one answer to many requests the time begins when those have been sent.
        let has_deadline = self.spec.streaming != Streaming::Client;
        let deadline = if has_deadline { self.limited.deadline } else { instant_after(Duration::MAX) };
        // Before there is a call that would have to be cancelled.
        let server_max = connection.server.metadata_bytes;
        let metadata = metadata::encode(&self.metadata, &self.context, self.client.limits(), server_max)?;
        let Some(call) = Call::start(place, deadline, true, None) else { return Ok(None) };
        let call = call.untimed();
        let now = Instant::now();
        let remaining = RequestFacts::remaining_us_of(self.limited.deadline.saturating_duration_since(now));
        let facts = RequestFacts {
            remaining_us: if has_deadline { remaining } else { u32::MAX },
            ..self.context.facts(self.spec)
        };
        let Some(end) = call.send_stream(facts, &metadata, &self.request) else { return Ok(None) };
        if self.spec.streaming == Streaming::Server {
            end.sends_nothing();
        }
        call.connection().peer().gate.note_sent(facts.priority);
        told.sent(self.client, call.connection().peer(), now);
        let (time, client) = ((self.limited.timeout, self.limited.from), self.client.clone());
        let entrant = Entrant { spec: self.spec, priority: facts.priority, route_hash: facts.route_hash };
        Ok(Some(StreamSlot { call, end, time, client, entrant, ended: None }))
    }

    fn late(&self) -> Status {
        calling::late_answer(self.limited.timeout.as_millis(), self.limited.from)
    }
}

/// A call's slot and its end of the stream, until it has ended. Dropping it cancels the call.
pub(crate) struct StreamSlot {
    call: Call,
    end: Arc<StreamEnd>,
    /// What the deadline was made of.
    time: (Duration, &'static str),
    client: Client,
    entrant: Entrant,
    ended: Option<Result<Bytes, Status>>,
}

/// Nobody takes what has come: the connection has its credit back, though somebody may still have the sending end.
impl Drop for StreamSlot {
    fn drop(&mut self) {
        self.end.discard();
    }
}

impl StreamSlot {
    pub(crate) fn end(&self) -> &Arc<StreamEnd> {
        &self.end
    }

    /// Gives the call a deadline from now on.
    pub(crate) fn limit(&mut self, limited: Limited) {
        self.time = (limited.timeout, limited.from);
        self.call.set_deadline(limited.deadline);
    }

    /// How the handler ended, once it has: with its encoded answer, or a status.
    pub(crate) async fn outcome(&mut self) -> Result<Bytes, Status> {
        let Self { call, ended, time, client, entrant, .. } = self;
        poll_fn(|cx| {
            if ended.is_none()
                && let Poll::Ready(outcome) = call.poll(cx)
            {
                *ended = Some(match outcome {
                    Outcome::Answered(Err(status)) => {
                        client.protection().heed(call.connection().peer(), *entrant, &status);
                        Err(status)
                    }
                    // Of streams no server of ours says that they are degraded.
                    Outcome::Answered(Ok(answer)) | Outcome::Degraded(answer) => Ok(answer),
                    Outcome::Late { .. } => Err(calling::late_answer(time.0.as_millis(), time.1)),
                    Outcome::Unsent => Err(streaming::stream_cut()),
                });
            }
            ended.clone().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
