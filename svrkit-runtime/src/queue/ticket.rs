//! What a caller has of a job.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::asking::messages;
use super::job::{Accepted, JobId, NotAJobId};
use super::method::QueuedMethod;

/// That a job of the method `M` is accepted. Shown as its id.
///
/// A ticket is made of an id as well, by who has kept that: `LedgerCreditTicket::from(id)`.
pub struct Ticket<M> {
    id: JobId,
    is_new: bool,
    method: PhantomData<fn() -> M>,
}

impl<M> Ticket<M> {
    /// The job's id. Who knows it may ask for the job: it is a secret of its caller's as far as that is one.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Whether the request that was answered with it has brought the job. `false`: one of its id had been accepted before, or the ticket is made of an id.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

impl<M: QueuedMethod> Ticket<M> {
    /// What a caller is told.
    pub(crate) fn message(id: JobId, accepted: &Accepted) -> messages::Ticket {
        let known = matches!(accepted, Accepted::Known(_));
        messages::Ticket { job: id.to_string(), known, ..messages::Ticket::default() }
    }

    /// What a caller was told.
    pub(crate) fn of_message(ticket: &messages::Ticket) -> Result<Self, NotAJobId> {
        Ok(Self { id: ticket.job.parse()?, is_new: !ticket.known, method: PhantomData })
    }
}

impl<M> From<JobId> for Ticket<M> {
    fn from(id: JobId) -> Self {
        Self { id, is_new: false, method: PhantomData }
    }
}

impl<M> From<Ticket<M>> for JobId {
    fn from(ticket: Ticket<M>) -> Self {
        ticket.id
    }
}

// By hand: what is derived would want all of it of `M`.
impl<M> Clone for Ticket<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Ticket<M> {}

/// They are of one job.
impl<M> PartialEq for Ticket<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M> Eq for Ticket<M> {}

impl<M> Hash for Ticket<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<M> fmt::Display for Ticket<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl<M> fmt::Debug for Ticket<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("id", &self.id).field("is_new", &self.is_new).finish()
    }
}
