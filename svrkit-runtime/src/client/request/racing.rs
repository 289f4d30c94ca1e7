//! A request that is under way at two endpoints: its first attempt took longer than usual, and a copy was sent elsewhere.
//!
//! The first answer ends it, and the other attempt is given up: its server is told, it is counted as what it is, and nobody takes it for an
//! outcome of the request. Where one of the two fails in a way that says nothing of the other, the other goes on alone.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::time::Instant;

use super::Request;
use super::progress::State;
use crate::client::connection::{Call, Place};
use crate::client::pending::Outcome;
use crate::client::picker::OutgoingCall;
use crate::client::response::Response;
use crate::client::told::Told;
use crate::status::catalogue::calling;
use crate::status::{Layer, Status};

/// The number of the copy among the attempts: only a first one is copied.
const COPY: u32 = 2;

/// Two attempts of one request, both of them sent.
pub(super) struct Race {
    first: Call,
    copy: Call,
    /// Of the copy; the request has that of the first attempt.
    told: Told,
}

impl Race {
    /// How one of them has ended, and whether that is the copy.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(Outcome, bool)> {
        match self.first.poll(cx) {
            Poll::Ready(outcome) => Poll::Ready((outcome, false)),
            Poll::Pending => self.copy.poll(cx).map(|outcome| (outcome, true)),
        }
    }
}

impl<R> Request<R> {
    /// Tells how the copy ended that is under way, if one is.
    pub(super) fn tell_of_copy(&mut self, status: &Status) {
        if let State::Racing(race) = &mut self.state {
            race.told.end(&self.client, &self.context, Some(status), 0, None);
        }
    }
}

impl<R: Response> Request<R> {
    /// The first attempt takes longer than usual: sends a copy of it to another endpoint, if there is one that is well and takes it at once.
    #[cold]
    pub(super) fn hedge(&mut self, caller: &Waker) {
        let State::Sent(first) = &self.state else { return };
        let tried = [Arc::clone(first.connection().peer())];
        let call = OutgoingCall::new(self.spec, &self.context, self.route_hash).after(&tried);
        // A picker of somebody else's may choose the same one.
        let elsewhere = self.client.ready(&call).filter(|connection| {
            !Arc::ptr_eq(connection.peer(), &tried[0])
                && connection.link.has_room(self.message_len())
                && self.fits(connection).is_ok()
        });
        let place = elsewhere.and_then(|connection| Place::try_take(connection).ok());
        let peer = place.as_ref().map(|place| &**place.connection.peer());
        if !self.client.protection().hedge(self.spec, peer) {
            return;
        }
        let copy = place.and_then(|place| Call::start(place, self.deadline(), true, Some(caller.clone())));
        let Some(copy) = copy else { return };
        let now = Instant::now();
        // What is told of by the request is the first attempt.
        let first_told = std::mem::take(&mut self.told);
        self.told.begin(&self.client, self.spec, &self.context, self.message_len(), (COPY, now));
        let remaining = self.deadline().saturating_duration_since(now);
        let sent = self.transmit(&copy, (now, remaining));
        let told = std::mem::replace(&mut self.told, first_told);
        let State::Sent(first) = std::mem::replace(&mut self.state, State::Ended) else {
            unreachable!("it was looked at above")
        };
        let is_sent = matches!(sent, Ok(true));
        self.state = State::Racing(Box::new(Race { first, copy, told }));
        if !is_sent {
            self.leave_race();
        }
    }

    /// The copy could not be sent: the first attempt goes on alone.
    fn leave_race(&mut self) {
        self.tell_of_copy(&calling::caller_gone());
        if let State::Racing(race) = std::mem::replace(&mut self.state, State::Ended) {
            self.state = State::Sent(race.first);
        }
    }

    /// One of the two has ended: with it the request, or the other one goes on.
    pub(super) fn settle(&mut self, outcome: Outcome, is_copy: bool) -> Poll<Result<R, Status>> {
        let State::Racing(race) = std::mem::replace(&mut self.state, State::Ended) else {
            unreachable!("one of two has ended")
        };
        let Race { first, copy, told: mut other_told } = *race;
        let began = first.began();
        let (ended, other) = if is_copy { (copy, first) } else { (first, copy) };
        if is_copy {
            std::mem::swap(&mut self.told, &mut other_told);
        }
        let peer = Arc::clone(ended.connection().peer());
        let given_up = match outcome {
            Outcome::Answered(Err(status)) if !self.is_last_word(&status) => {
                self.client.protection().heed(&peer, self.entrant(), &status);
                self.failed.get_or_insert_default().note(peer, &status);
                self.tell(Some(&status.method(self.spec)));
                self.told = other_told;
                self.state = State::Sent(other);
                return Poll::Pending;
            }
            Outcome::Answered(_) | Outcome::Degraded(_) => calling::outrun(),
            Outcome::Late { .. } | Outcome::Unsent => self.late(),
        };
        if let Outcome::Answered(Ok(_)) | Outcome::Degraded(_) = outcome {
            self.told.answered(ended.last_read_at());
            let ended = ended.time().map(|(_, ended)| ended);
            if let Some(time) = began.zip(ended) {
                // From when it was first sent: so long would it have taken without a copy, or longer.
                self.client.protection().note_answer(self.spec, time);
            }
            if is_copy {
                self.client.protection().hedge_won(self.spec, &peer);
            }
        }
        let given_up = given_up.endpoint(Arc::clone(&other.connection().peer().name));
        other_told.end(&self.client, &self.context, Some(&given_up.method(self.spec)), 0, None);
        drop((ended, other));
        match outcome {
            Outcome::Answered(Err(status)) => {
                self.client.protection().heed(&peer, self.entrant(), &status);
                self.state = self.instead_of(status, &peer)?;
                Poll::Pending
            }
            outcome => {
                let kept = self.worth_keeping(&outcome, &peer);
                let read = self.end(outcome);
                self.keep(kept, read.is_ok());
                Poll::Ready(read)
            }
        }
    }

    /// Whether a failure is all that the other attempt would find as well: a handler has said so, and not that it may be tried again.
    fn is_last_word(&self, status: &Status) -> bool {
        status.facts().layer == Layer::Handler && !self.client.protection().may_be_repeated(status, self.spec)
    }
}
