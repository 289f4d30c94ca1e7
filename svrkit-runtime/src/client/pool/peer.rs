//! What a client remembers of an address, for as long as it is on the list.

use std::sync::Arc;

use tokio::time::Instant;

use super::outcomes::{Outcomes, Report};
use crate::client::protection::{Gate, Standing, Ward};
use crate::metrics::EndpointSeries;
use crate::transport::Address;

/// An address that calls can go to. Its connections and calls refer to it; two are the same if they are the same object.
#[derive(Debug)]
pub(in crate::client) struct Peer {
    address: Address,
    /// The address as text, for statuses.
    pub(in crate::client) name: Arc<str>,
    /// How calls there went.
    pub(in crate::client) outcomes: Outcomes,
    /// Whether calls may go there.
    pub(in crate::client) standing: Arc<Standing>,
    /// What of them it would refuse.
    pub(in crate::client) gate: Arc<Gate>,
    /// Where calls there are counted.
    pub(in crate::client) series: EndpointSeries,
}

impl Peer {
    pub(in crate::client) fn address(&self) -> &Address {
        &self.address
    }

    /// A call there that began at `began` has ended; `is_timed`: how long it took says something of the endpoint.
    pub(in crate::client) fn ended(&self, began: Instant, now: Instant, report: Report, is_timed: bool) {
        if is_timed {
            self.outcomes.end(began, now, report);
        }
        self.standing.note(report, began, now);
    }

    pub(super) fn new(address: &Address, ward: &Arc<Ward>, now: Instant) -> Self {
        let name: Arc<str> = address.to_string().into();
        Self {
            address: address.clone(),
            standing: Standing::new(Arc::clone(&name), Arc::downgrade(ward), now),
            gate: Arc::new(Gate::new(now)),
            name,
            outcomes: Outcomes::new(now),
            series: EndpointSeries::default(),
        }
    }
}
