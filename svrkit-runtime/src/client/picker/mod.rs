//! Choosing the endpoint that takes a call.
//!
//! The client's own way is in [`p2c`]. A [`Picker`] of somebody else's takes its place: gray release, sets, consistent hashing.
//! *Absent:* opening connections, which the pool does for whatever was chosen.

mod candidates;
pub(super) mod p2c;

use std::fmt;
use std::sync::Arc;

pub use self::candidates::{Candidate, Candidates};
use super::pool::Peer;
use super::protection::Entrant;
use super::resolver::Endpoint;
use crate::context::Context;
use crate::spec::Spec;

/// Chooses the endpoint of each call, in place of the client's own choice.
///
/// One is made for each list of endpoints that is found, by the function given to
/// [`ClientBuilder::picker`](crate::ClientBuilder::picker): a place to lay out a ring, or to sort endpoints by their labels.
///
/// ```
/// use svrkit_runtime::{OutgoingCall, Candidates, Client, Endpoint, Picker};
///
/// /// Calls of one key go to one endpoint, as long as the list stays.
/// #[derive(Debug)]
/// struct ByKey;
///
/// impl Picker for ByKey {
///     fn pick(&self, call: &OutgoingCall<'_>, endpoints: &Candidates<'_>) -> Option<usize> {
///         let first = call.route_hash() as usize % endpoints.len();
///         // The next one, where this request was there already.
///         (first..first + endpoints.len())
///             .map(|index| index % endpoints.len())
///             .find(|index| !call.has_tried(&endpoints.get(*index)))
///     }
/// }
///
/// let client = Client::builder("10.0.0.7:4310,10.0.0.8:4310").picker(|_: &[Endpoint]| Box::new(ByKey)).lazy();
/// ```
pub trait Picker: fmt::Debug + Send + Sync + 'static {
    /// The number of the endpoint that takes the call; it is connected to if need be. `None`, or a number that is none:
    /// the client chooses.
    ///
    /// It is asked for every call, under a lock that keeps the list from changing: it must neither wait nor call anybody.
    fn pick(&self, call: &OutgoingCall<'_>, endpoints: &Candidates<'_>) -> Option<usize>;
}

/// Makes the picker of a list.
pub(super) type MakePicker = Arc<dyn Fn(&[Endpoint]) -> Box<dyn Picker> + Send + Sync>;

/// A call that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingCall<'a> {
    spec: &'static Spec,
    context: &'a Context,
    route_hash: u32,
    tried: &'a [Arc<Peer>],
}

impl<'a> OutgoingCall<'a> {
    pub(super) fn new(spec: &'static Spec, context: &'a Context, route_hash: u32) -> Self {
        Self { spec, context, route_hash, tried: &[] }
    }

    /// The same for a request that was at the endpoints `tried` before.
    pub(super) fn after(self, tried: &'a [Arc<Peer>]) -> Self {
        Self { tried, ..self }
    }

    /// What gates of endpoints are asked about.
    pub(super) fn entrant(&self) -> Entrant {
        let priority = self.context.facts(self.spec).priority;
        Entrant { spec: self.spec, priority, route_hash: self.route_hash() }
    }

    /// The method.
    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// The context of the request.
    #[must_use]
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// Hash of the key that chooses the server: the request's own, or its context's; 0: there is none.
    #[must_use]
    pub fn route_hash(&self) -> u32 {
        if self.route_hash == 0 { self.context.route_hash() } else { self.route_hash }
    }

    /// Whether this request was at an endpoint before, or could not connect to it. The client's own choice leaves those out.
    #[must_use]
    pub fn has_tried(&self, candidate: &Candidate<'_>) -> bool {
        self.tried.iter().any(|peer| Arc::ptr_eq(peer, candidate.peer()))
    }
}
