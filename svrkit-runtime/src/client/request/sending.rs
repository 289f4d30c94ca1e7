//! A request on its connection: its place among the calls there, its frame, and what comes back.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::Request;
use super::progress::{State, Wait};
use crate::client::connection::{Call, Connection, Place};
use crate::client::metadata;
use crate::client::pending::Outcome;
use crate::client::response::Response;
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::transport::Written;
use crate::wire::frame::RequestFacts;

impl<R: Response> Request<R> {
    /// Makes the checks that need no server, and takes one of the places the server has for calls.
    pub(super) fn find_place(
        &mut self,
        connection: Arc<Connection>,
        caller: &Waker,
    ) -> Result<State, Status> {
        self.message.as_ref().map_err(Status::clone)?;
        if connection.peer().gate.is_guarded()
            && let Some(answered) = self.pass(connection.peer())?
        {
            return Ok(answered);
        }
        self.fits(&connection)?;
        match Place::try_take(connection) {
            Ok(place) => self.start(place, caller),
            Err(connection) => {
                let max = connection.server.calls_in_flight.unwrap_or(u32::MAX);
                let waiting = Place::take(connection);
                Ok(State::Crowded { max, waiting: Box::pin(timeout_at(self.deadline(), waiting)) })
            }
        }
    }

    /// Whether what the server has said of itself takes the request.
    pub(super) fn fits(&self, connection: &Connection) -> Result<(), Status> {
        if let Some(name) = connection.served_name(self.spec.service_id)
            && name != self.spec.service
        {
            return Err(calling::service_mismatch(name, self.spec.service_id, self.spec.service));
        }
        match connection.server.message_in {
            Some(max) if self.message_len() > max as usize => {
                Err(calling::request_over_limit(self.message_len(), max))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn start(&mut self, place: Place, caller: &Waker) -> Result<State, Status> {
        let has_room = place.connection.link.has_room(self.message_len());
        let (deadline, caller) = (self.deadline(), Some(caller.clone()));
        let patience = if R::IS_AWAITED && self.failed.is_none() {
            self.client.protection().hedge_delay(self.spec)
        } else {
            None
        };
        let call = match patience {
            None => Call::start(place, deadline, has_room, caller),
            Some(patience) => Call::start_impatient(place, deadline, patience, has_room, caller),
        };
        match call {
            // It was lost between two looks: the next one opens another.
            None => Ok(State::Unconnected),
            Some(call) if has_room => self.send(call),
            Some(call) => Ok(State::Queued(call)),
        }
    }

    pub(super) fn send(&mut self, call: Call) -> Result<State, Status> {
        let moment = self.first.take().unwrap_or_else(|| {
            let now = Instant::now();
            (now, self.deadline().saturating_duration_since(now))
        });
        // Where it was not taken the server has not seen it: another connection may take it.
        Ok(if self.transmit(&call, moment)? { State::Sent(call) } else { State::Unconnected })
    }

    /// Sends it by `call`, with the look at the clock that it needs and the time that is left then. False: the connection takes nothing any more.
    pub(super) fn transmit(
        &mut self,
        call: &Call,
        (now, remaining): (Instant, Duration),
    ) -> Result<bool, Status> {
        let message = self.message.as_ref().map_err(Status::clone)?;
        let server_max = call.connection().server.metadata_bytes;
        let metadata = metadata::encode(&self.metadata, &self.context, self.client.limits(), server_max)
            .inspect_err(|_| call.mark_unsent())?;
        let facts =
            RequestFacts { remaining_us: RequestFacts::remaining_us_of(remaining), ..self.request_facts() };
        let taken = if R::IS_AWAITED {
            call.send(facts, &metadata, message)
        } else {
            call.send_oneway(facts, &metadata, message)
        };
        if taken {
            call.connection().peer().gate.note_sent(facts.priority);
            self.told.sent(&self.client, call.connection().peer(), now);
        }
        Ok(taken)
    }

    /// What its header says, but for the time.
    pub(super) fn request_facts(&self) -> RequestFacts {
        let inherited = self.context.facts(self.spec);
        match self.route_hash {
            0 => inherited,
            route_hash => RequestFacts { route_hash, ..inherited },
        }
    }

    /// When `connection` has written what is queued there now.
    pub(super) fn left(&self, connection: Arc<Connection>) -> Wait<()> {
        let mut written = Written::default();
        let leaving = poll_fn(move |cx| connection.link.poll_written(&mut written, cx));
        Box::pin(timeout_at(self.deadline(), leaving))
    }

    pub(super) fn late(&self) -> Status {
        calling::late_answer(self.timeout.as_millis(), self.timeout_from)
    }

    pub(super) fn end(&mut self, outcome: Outcome) -> Result<R, Status> {
        self.state = State::Ended;
        let body = match outcome {
            Outcome::Answered(answer) => answer?,
            Outcome::Degraded(answer) => {
                self.is_degraded = true;
                self.told.degraded(&self.client);
                answer
            }
            Outcome::Late { sent: true } => return Err(self.late()),
            Outcome::Late { sent: false } | Outcome::Unsent => {
                return Err(calling::late_for_room(self.timeout.as_millis(), self.timeout_from));
            }
        };
        self.response_len = body.len();
        self.read(&body)
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<R, Status> {
        R::read(body, self.client.limits())
    }
}
