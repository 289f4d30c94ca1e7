//! What follows an attempt that has failed: another one, or the end.

use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::Request;
use super::progress::State;
use crate::client::pool::Peer;
use crate::client::protection::{Entrant, FailedAttempt, Retried};
use crate::client::response::Response;
use crate::status::{Layer, Retry, Status};
use crate::wire::frame::RequestFacts;

/// The attempts of a request that have failed.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// Where they were: the next one goes elsewhere, where there is another endpoint.
    pub(super) peers: Vec<Arc<Peer>>,
    /// Whether one of them may have had its effect.
    may_have_acted: bool,
}

impl Attempts {
    /// One of them has ended at `peer` by `status`.
    pub(super) fn note(&mut self, peer: Arc<Peer>, status: &Status) {
        self.peers.push(peer);
        self.may_have_acted |= status.facts().layer != Layer::Admission;
    }

    /// How the request ends by that of its last attempt.
    pub(super) fn conclude(&self, status: Status) -> Status {
        // What a handler says is its callers' own affair.
        let status = match status.facts().layer {
            Layer::Handler => status,
            _ => status.append(&format!("; it was attempt {}", self.count() + 1)),
        };
        match status.facts().retry {
            // That is sure of the last one alone.
            Retry::Elsewhere | Retry::ElsewhereOrAfter(_) if self.may_have_acted => {
                status.retry(Retry::Unknown)
            }
            _ => status,
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.peers.len()).unwrap_or(u32::MAX)
    }
}

impl<R: Response> Request<R> {
    /// An attempt at `peer` has ended by `status`. Each is told of by itself, with its number.
    #[cold]
    pub(super) fn repeat(&mut self, status: Status, peer: Arc<Peer>) -> Result<State, Status> {
        self.state = State::Ended;
        self.client.protection().heed(&peer, self.entrant(), &status);
        let status = match self.instead_of(status, &peer) {
            Ok(recalled) => return Ok(recalled),
            Err(status) => status,
        };
        let number = self.failed.as_ref().map_or(0, |failed| failed.count()) + 1;
        let failed = FailedAttempt {
            status: &status,
            number,
            is_idempotent: self.spec.idempotent,
            has_others: self.client.has_others(),
            deadline: self.deadline(),
        };
        match self.client.protection().retry(failed, self.spec) {
            Retried::After(wait) => {
                self.failed.get_or_insert_default().note(peer, &status);
                self.tell(Some(&status.method(self.spec)));
                Ok(if wait.is_zero() { self.begin_again() } else { State::Resting(Box::pin(sleep(wait))) })
            }
            Retried::Not(None) => Err(status),
            Retried::Not(Some(why)) => Err(status.append(&format!("; not tried again: {why}"))),
        }
    }

    /// What gates of endpoints are asked about.
    pub(super) fn entrant(&self) -> Entrant {
        let RequestFacts { priority, route_hash, .. } = self.request_facts();
        Entrant { spec: self.spec, priority, route_hash }
    }

    /// The next attempt begins.
    pub(super) fn begin_again(&mut self) -> State {
        let (number, len) = (self.failed.as_ref().map_or(0, |failed| failed.count()) + 1, self.message_len());
        self.told.begin(&self.client, self.spec, &self.context, len, (number, Instant::now()));
        State::Unconnected
    }
}
