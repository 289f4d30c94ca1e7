//! How far a request has come, and its next step.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, Sleep, timeout_at};

use super::Request;
use super::racing::Race;
use crate::client::connection::{Call, Place};
use crate::client::intercept::{self, Outline};
use crate::client::pending::Outcome;
use crate::client::picker::OutgoingCall;
use crate::client::pool::Opened;
use crate::client::response::Response;
use crate::interceptor::{Envelope, Reply, Side};
use crate::status::Status;
use crate::status::catalogue::calling;

/// A wait that ends at the deadline. Boxed: it is met only where something is not at hand.
pub(super) type Wait<T> = Pin<Box<dyn Future<Output = Result<T, Elapsed>> + Send>>;

pub(super) enum State {
    /// Was not polled yet.
    New {
        passes_interceptors: bool,
    },
    /// On its way there and back through the interceptors, with another request for the same at their end.
    Intercepted(Wait<Result<Reply, Status>>),
    /// Needs a connection.
    Unconnected,
    /// There is none ready: one is being opened.
    Connecting(Wait<Opened>),
    /// As many calls as the server takes are in flight.
    Crowded {
        max: u32,
        waiting: Wait<Place>,
    },
    /// Has its slot, waits for room in the outbound queue.
    Queued(Call),
    /// Waits for its answer.
    Sent(Call),
    /// Waits for the answer to this attempt or to its copy.
    Racing(Box<Race>),
    /// Its server wishes to be spared, and this was its last good answer.
    Recalled(Bytes),
    /// An attempt has failed: waits before the next one.
    Resting(Pin<Box<Sleep>>),
    /// Nobody is to answer it; waits until it has left.
    Leaving(Wait<()>),
    /// Has failed; its task has had its turn, and is to hear of it at the next one.
    Failed(Status),
    Ended,
}

impl<R: Response> Request<R> {
    /// Goes on from where it stands, as far as it gets.
    pub(super) fn poll_outcome(&mut self, cx: &mut Context<'_>) -> Poll<Result<R, Status>> {
        let was_sent = matches!(self.state, State::Sent(_) | State::Racing(_));
        loop {
            match &mut self.state {
                State::New { passes_interceptors } => {
                    let passes_interceptors = *passes_interceptors;
                    self.state = self.begin(passes_interceptors)?;
                }
                State::Intercepted(passing) => {
                    let Ok(reply) = ready!(passing.as_mut().poll(cx)) else {
                        return Poll::Ready(Err(self.late()));
                    };
                    let reply = reply?;
                    (self.is_degraded, self.age) = (reply.is_degraded(), reply.age());
                    return Poll::Ready(self.read(reply.body()));
                }
                State::Unconnected => {
                    let call = OutgoingCall::new(self.spec, &self.context, self.route_hash);
                    let ready = match &self.failed {
                        None => self.client.ready(&call),
                        // Better where it was before than to wait for another connection.
                        Some(failed) => {
                            self.client.ready(&call.after(&failed.peers)).or_else(|| self.client.ready(&call))
                        }
                    };
                    self.state = match ready {
                        Some(connection) => self.find_place(connection, cx.waker())?,
                        None => {
                            let (client, spec, deadline) = (self.client.clone(), self.spec, self.deadline());
                            let (context, route_hash) = (self.context.clone(), self.route_hash);
                            let connecting = async move {
                                let call = OutgoingCall::new(spec, &context, route_hash);
                                client.connection(call, Some(deadline)).await
                            };
                            State::Connecting(Box::pin(timeout_at(deadline, connecting)))
                        }
                    }
                }
                State::Connecting(connecting) => {
                    let Ok(opened) = ready!(connecting.as_mut().poll(cx)) else {
                        let late = self.client.late_connecting(self.timeout.as_millis(), self.timeout_from);
                        return Poll::Ready(Err(late));
                    };
                    self.state = self.find_place(opened?, cx.waker())?;
                }
                State::Crowded { max, waiting } => {
                    let Ok(place) = ready!(waiting.as_mut().poll(cx)) else {
                        let (limit, from) = (self.timeout.as_millis(), self.timeout_from);
                        return Poll::Ready(Err(calling::late_for_place(*max, limit, from)));
                    };
                    // The server may have said meanwhile that it leaves: it would refuse what is sent now.
                    let takes_calls = place.connection.link.takes_calls();
                    self.state =
                        if takes_calls { self.start(place, cx.waker())? } else { State::Unconnected };
                }
                State::Queued(call) => {
                    // The deadline or the connection's end may come while it waits for room.
                    if let Poll::Ready(outcome) = call.poll(cx) {
                        match outcome {
                            Outcome::Unsent => self.state = State::Unconnected,
                            outcome => return Poll::Ready(self.end(outcome)),
                        }
                        continue;
                    }
                    if !call.connection().link.takes_calls() {
                        self.state = State::Unconnected;
                        continue;
                    }
                    let message_len = self.message.as_ref().map_or(0, Bytes::len);
                    ready!(call.poll_room(message_len, cx));
                    if call.mark_sent() {
                        let State::Queued(call) = std::mem::replace(&mut self.state, State::Ended) else {
                            unreachable!("it is matched above")
                        };
                        self.state = self.send(call)?;
                    }
                }
                // Its slot knows whom to wake.
                State::Sent(call) if !was_sent && R::IS_AWAITED && !call.answers_at_once() => {
                    return Poll::Pending;
                }
                State::Sent(call) => {
                    let Poll::Ready(outcome) = call.poll(cx) else {
                        if call.is_nudged() {
                            self.hedge(cx.waker());
                        }
                        return Poll::Pending;
                    };
                    // A oneway call has none, and a lost connection ends calls without.
                    if R::IS_AWAITED && matches!(outcome, Outcome::Answered(Ok(_)) | Outcome::Degraded(_)) {
                        self.told.answered(call.last_read_at());
                        if let Some(time) = call.time() {
                            self.client.protection().note_answer(self.spec, time);
                        }
                    }
                    let outcome = match outcome {
                        Outcome::Answered(Err(status)) => {
                            let peer = Arc::clone(call.connection().peer());
                            self.state = self.repeat(status, peer)?;
                            continue;
                        }
                        outcome => outcome,
                    };
                    let leaves = !R::IS_AWAITED && self.until_written;
                    let connection = leaves.then(|| Arc::clone(call.connection()));
                    let kept = if self.spec.last_good.is_some() {
                        let peer = Arc::clone(call.connection().peer());
                        self.worth_keeping(&outcome, &peer)
                    } else {
                        None
                    };
                    let read = self.end(outcome);
                    if kept.is_some() {
                        self.keep(kept, read.is_ok());
                    }
                    match connection {
                        Some(connection) if read.is_ok() => {
                            self.state = State::Leaving(self.left(connection));
                        }
                        _ => return Poll::Ready(read),
                    }
                }
                State::Racing(race) => {
                    let (outcome, is_copy) = ready!(race.poll(cx));
                    let settled = self.settle(outcome, is_copy);
                    if settled.is_ready() {
                        return settled;
                    }
                }
                State::Recalled(body) => {
                    let body = std::mem::take(body);
                    self.response_len = body.len();
                    return Poll::Ready(self.read(&body));
                }
                State::Resting(resting) => {
                    ready!(resting.as_mut().poll(cx));
                    self.state = self.begin_again();
                }
                State::Leaving(leaving) => {
                    if ready!(leaving.as_mut().poll(cx)).is_err() {
                        let late = calling::late_leaving(self.timeout.as_millis(), self.timeout_from);
                        return Poll::Ready(Err(late));
                    }
                    return Poll::Ready(self.read(&Bytes::new()));
                }
                State::Failed(status) => {
                    return Poll::Ready(Err(std::mem::replace(status, calling::awaited_again())));
                }
                State::Ended => return Poll::Ready(Err(calling::awaited_again())),
            }
        }
    }

    /// Sets its deadline, and sends it through the interceptors if there are any. What nobody waits for may be sent after the
    /// deadline of the call it was made for.
    fn begin(&mut self, passes_interceptors: bool) -> Result<State, Status> {
        let passes_interceptors = passes_interceptors && !self.client.interceptors().is_empty();
        let now = Instant::now();
        if !passes_interceptors {
            let request_len = self.message_len();
            self.told.begin(&self.client, self.spec, &self.context, request_len, (1, now));
            self.client.protection().note_request();
        }
        let remaining = match self.deadline {
            Some(deadline) => deadline.saturating_duration_since(now),
            None => {
                if !R::IS_AWAITED {
                    self.context = std::mem::take(&mut self.context).without_deadline();
                }
                let limited = self.context.limit(now, (self.timeout, self.timeout_from))?;
                (self.timeout, self.timeout_from) = (limited.timeout, limited.from);
                self.deadline = Some(limited.deadline);
                limited.timeout
            }
        };
        self.first = Some((now, remaining));
        if passes_interceptors {
            return self.intercept().map(State::Intercepted);
        }
        Ok(State::Unconnected)
    }

    /// Of the encoded request; 0 where it could not be encoded.
    pub(super) fn message_len(&self) -> usize {
        self.message.as_ref().map_or(0, Bytes::len)
    }

    fn intercept(&mut self) -> Result<Wait<Result<Reply, Status>>, Status> {
        let metadata = std::mem::take(&mut self.metadata);
        let (context, limits) = (self.context.clone(), self.client.limits());
        let envelope =
            Envelope::new(Side::Client, self.spec, context, metadata, self.message.clone()?, limits);
        let outline = Outline {
            client: self.client.clone(),
            spec: self.spec,
            route_hash: self.route_hash,
            deadline: self.deadline(),
            until_written: self.until_written,
            time: (self.timeout, self.timeout_from),
        };
        Ok(Box::pin(intercept::in_time(outline, envelope, R::IS_AWAITED)))
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline.expect("it is set when the request begins")
    }
}
