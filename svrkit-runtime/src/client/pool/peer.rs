//! What a client remembers of an address, for as long as it is on the list.

use std::sync::Arc;

use tokio::time::Instant;

use super::outcomes::Outcomes;
use crate::metrics::EndpointSeries;
use crate::transport::Address;

/// An address that calls can go to. Its connections and calls refer to it; two are the same if they are the same object.
#[derive(Debug)]
pub(in crate::client) struct Peer {
    address: Address,
    /// The address as text, for statuses.
    pub(in crate::client) name: Arc<str>,
    /// How calls there went. What is to be made of failures one day (ejection, a breaker) belongs here.
    pub(in crate::client) outcomes: Outcomes,
    /// Where calls there are counted.
    pub(in crate::client) series: EndpointSeries,
}

impl Peer {
    pub(in crate::client) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn new(address: &Address, now: Instant) -> Self {
        Self {
            address: address.clone(),
            name: address.to_string().into(),
            outcomes: Outcomes::new(now),
            series: EndpointSeries::default(),
        }
    }
}
