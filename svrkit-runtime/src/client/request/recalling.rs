//! What answers a request in the place of its server: the last good answer to the same, where the server wishes so.

use bytes::Bytes;

use super::Request;
use super::progress::State;
use crate::client::metadata;
use crate::client::pending::Outcome;
use crate::client::pool::Peer;
use crate::client::protection::Question;
use crate::client::response::Response;
use crate::status::Status;

impl<R: Response> Request<R> {
    /// Whether it may be sent to `peer`, before which something stands guard. `Some`: it is answered in another way.
    #[cold]
    pub(super) fn pass(&mut self, peer: &Peer) -> Result<Option<State>, Status> {
        let protection = self.client.protection();
        if self.spec.last_good.is_some()
            && let Some(recalled) = protection.recall(peer, self.entrant(), || self.question())
        {
            self.age = Some(recalled.age);
            return Ok(Some(State::Recalled(recalled.body)));
        }
        match protection.pass(peer, self.entrant()) {
            Ok(()) => Ok(None),
            Err(status) => self.instead_of(status, peer).map(Some),
        }
    }

    /// What takes the place of `status`, by which its attempt at `peer` has ended. It is told of as it ended; `Err`: nothing does.
    #[cold]
    pub(super) fn instead_of(&mut self, status: Status, peer: &Peer) -> Result<State, Status> {
        let recalled = self.client.protection().recall_instead(&status, peer, self.spec, || self.question());
        let Some(recalled) = recalled else { return Err(status) };
        self.tell(Some(&status.method(self.spec)));
        self.age = Some(recalled.age);
        Ok(State::Recalled(recalled.body))
    }

    /// What is to be kept of how it has ended at `peer`: an answer that is not degraded, where it could be taken again.
    #[cold]
    pub(super) fn worth_keeping(&self, outcome: &Outcome, peer: &Peer) -> Option<Bytes> {
        match outcome {
            Outcome::Answered(Ok(body)) if self.client.protection().keeps(self.spec, peer) => {
                Some(body.clone())
            }
            _ => None,
        }
    }

    /// Keeps that, if it could be read.
    #[cold]
    pub(super) fn keep(&self, answer: Option<Bytes>, was_read: bool) {
        if let Some(body) = answer.filter(|_| was_read) {
            self.client.protection().keep(self.question(), &body);
        }
    }

    /// All that its server knows of it and could answer it by.
    fn question(&self) -> Question {
        Question {
            method: self.spec.number(),
            route_hash: self.request_facts().route_hash,
            beside: metadata::identifying(&self.metadata, &self.context),
            request: self.message.clone().unwrap_or_default(),
        }
    }
}
