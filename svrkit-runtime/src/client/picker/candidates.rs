//! The endpoints that a call can go to, as a picker sees them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::pool::{Entry, Peer};
use crate::client::resolver::Endpoint;

/// The endpoints of a client, in the order of the list that was found.
#[derive(Clone, Copy)]
pub struct Candidates<'a> {
    entries: &'a [Entry],
    open: &'a [usize],
}

impl<'a> Candidates<'a> {
    pub(in crate::client) fn new(entries: &'a [Entry], open: &'a [usize]) -> Self {
        Self { entries, open }
    }

    /// How many there are: at least one.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a list that is empty is nobody's to choose from")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The one of a number.
    ///
    /// # Panics
    /// `index` is not below [`Self::len`].
    #[must_use]
    pub fn get(&self, index: usize) -> Candidate<'a> {
        Candidate { entry: &self.entries[index] }
    }

    /// The numbers of those that are connected, in no order.
    #[must_use]
    pub fn open(&self) -> &'a [usize] {
        self.open
    }
}

impl fmt::Debug for Candidates<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map(|index| self.get(index))).finish()
    }
}

/// An endpoint that a call can go to.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    entry: &'a Entry,
}

impl<'a> Candidate<'a> {
    pub(super) fn peer(&self) -> &'a Arc<Peer> {
        self.entry.peer()
    }

    /// Its address and labels.
    #[must_use]
    pub fn endpoint(&self) -> &'a Endpoint {
        self.entry.endpoint()
    }

    /// Whether a call can be sent there without connecting first.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.entry.connection().is_some()
    }

    /// Calls of this client that wait for answers from there.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.entry.in_flight()
    }

    /// What a call there takes, a moving average in which slow calls count at once; `None`: nothing is known.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        self.peer().outcomes.latency(Instant::now())
    }

    /// Whether the client leaves it alone for a time, as calls fail there. Its own choice goes there only where there is nothing else.
    #[must_use]
    pub fn is_ejected(&self) -> bool {
        self.peer().standing.is_ejected(Instant::now())
    }

    /// What the client's own choice goes by: latency times calls in flight. Smaller is better; the unit is its own.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.entry.load(Instant::now())
    }
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("endpoint", self.endpoint())
            .field("is_open", &self.is_open())
            .field("in_flight", &self.in_flight())
            .field("latency", &self.latency())
            .field("is_ejected", &self.is_ejected())
            .finish()
    }
}
