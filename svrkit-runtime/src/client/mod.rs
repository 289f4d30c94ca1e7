//! The client: many calls at once, over connections that are found, chosen and opened again by itself.
//!
//! [`Client`] has the pool of connections, [`Request`] is one thing a caller wants. Generated clients are thin fronts over
//! the two.

mod backoff;
mod blocking;
mod builder;
mod connection;
mod departure;
mod dial;
mod frame_link;
#[cfg(test)]
mod giving_up;
mod in_process;
mod intercept;
mod listing;
mod metadata;
mod pending;
mod picker;
mod places;
mod pool;
mod protection;
mod request;
mod resolver;
mod response;
mod securing;
mod silence;
mod stream;
mod timer;
mod told;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

pub use self::blocking::wait;
pub use self::builder::ClientBuilder;
use self::connection::Connection;
pub(crate) use self::in_process::Services;
use self::listing::Listing;
pub(crate) use self::listing::{ClientSeen, Protecting, dialed, protecting};
pub use self::picker::{Candidate, Candidates, OutgoingCall, Picker};
pub(crate) use self::pool::{DialState, Dialed, DialedSeen, RestrainedSeen};
use self::pool::{Opened, Pool};
pub use self::protection::ClientProtection;
pub(crate) use self::protection::Kept;
use self::protection::Protection;
pub(crate) use self::protection::keys as protection_keys;
pub use self::request::{Marked, Request, WithMarks};
pub use self::resolver::{Endpoint, Resolution, Resolver};
pub use self::response::Response;
pub(crate) use self::stream::{OpeningStream, StreamSlot};
pub(crate) use self::told::Told;
use crate::interceptor::Chain;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::monitor::Hooks;
use crate::queue::{JobId, JobState, QueuedMethod, Ticket, asking};
use crate::scratch;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::stream::{BothStreams, ClientStream, ServerStream, StreamCall};
use crate::transport::Address;
use crate::wire::tlv::Tlv;

/// Calls a service, at one endpoint or at many. A clone shares the connections; all methods take `&self`.
///
/// A connection lives on the tokio runtime that it was opened on: when that ends, calls in flight there end with
/// UNAVAILABLE, and the next request connects anew on the runtime it is awaited on.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    /// What it calls, as it was given.
    target: String,
    pool: Arc<Pool>,
    surroundings: Surroundings,
    protection: Protection,
    /// Where it is seen, if it is.
    listing: OnceLock<Listing>,
}

/// Who takes part in the calls of a client.
#[derive(Default)]
struct Surroundings {
    interceptors: Chain,
    hooks: Hooks,
    /// What its calls are counted in, if they are.
    metrics: Option<Metrics>,
}

impl Client {
    /// Connects to `target` under default limits: to `host:port` or `unix:/path`, or to an endpoint of those that stand in a
    /// list or are found, as [`Self::builder`] says.
    ///
    /// # Errors
    /// Those of [`ClientBuilder::connect`].
    pub async fn connect(target: impl AsRef<str>) -> Result<Self, Status> {
        Self::builder(target).connect().await
    }

    /// A client of `target` with other limits, or one that connects later. The form of the text says where endpoints come from:
    ///
    /// | | |
    /// |---|---|
    /// | `127.0.0.1:4310`, `unix:/path` | this one |
    /// | `shop.example:4310` | each address of the name |
    /// | `a:4310,b:4310` | each of these; what a name stands for there is tried in turn |
    /// | `file:/path` | each line of the file: an address, labels as `key=value`, `#` and a comment |
    pub fn builder(target: impl AsRef<str>) -> ClientBuilder {
        ClientBuilder::new(target.as_ref())
    }

    /// A client of the endpoints that `resolver` finds.
    pub fn resolved_by(resolver: impl Resolver) -> ClientBuilder {
        ClientBuilder::resolved_by(resolver)
    }

    /// A client of services in this process, whose calls are counted and told of by the services alone.
    pub(crate) fn in_process(services: Services, limits: Limits) -> Self {
        let pool = Pool::in_process(services, limits);
        // Nothing lies between the two, and what one of them lacks the other lacks as well.
        let protection = Protection::new(ClientProtection::off(), false, pool.limits(), Arc::default());
        Self::new(Address::InProcess.to_string(), pool, Surroundings::default(), protection)
    }

    fn new(target: String, pool: Arc<Pool>, surroundings: Surroundings, protection: Protection) -> Self {
        Self(Arc::new(Inner { target, pool, surroundings, protection, listing: OnceLock::new() }))
    }

    /// The target as it was given. The endpoint of a call that failed is in its [`Status`].
    #[must_use]
    pub fn target(&self) -> &str {
        &self.0.target
    }

    /// A request of the method `spec`; it is sent when it is awaited. Generated clients call this.
    pub fn request<Req: Tlv, Resp: Tlv>(&self, spec: &'static Spec, message: &Req) -> Request<Resp> {
        Request::new(self.clone(), spec, self.encode(message))
    }

    /// A request of a queued method, whose answer says that it is accepted; it is sent when it is awaited. Its job has a random id, unless
    /// [`Request::job_id`] says another. Generated clients call this.
    pub fn enqueue<M: QueuedMethod>(&self, message: &M::Request) -> Request<Ticket<M>> {
        Request::new(self.clone(), M::SPEC, self.encode(message)).job_id(JobId::random())
    }

    /// A request for where a job is; `None`: there is none of that id, or it ended so long ago that it is forgotten. Generated clients call this.
    pub fn job_state<M: QueuedMethod>(&self, ticket: &Ticket<M>) -> Request<Option<JobState<M::Response>>> {
        let question = asking::question(M::SPEC, ticket.id());
        Request::new(self.clone(), asking::STATE, self.encode(&question))
    }

    /// A request of the method `spec` that is not answered: awaiting it sends it, and it is ready when the connection has
    /// taken it. Whether a handler ran, and how it ended, nobody is told. Generated clients call this.
    pub fn oneway<Req: Tlv>(&self, spec: &'static Spec, message: &Req) -> Request<()> {
        Request::new(self.clone(), spec, self.encode(message))
    }

    /// A call of the method `spec` with many answers. Generated clients call this.
    pub fn server_stream<Req: Tlv, Resp: Tlv>(
        &self,
        spec: &'static Spec,
        message: &Req,
    ) -> ServerStream<Resp> {
        ServerStream::new(StreamCall::new(self.clone(), spec, self.encode(message)))
    }

    /// A call of the method `spec` with many requests. Generated clients call this.
    pub fn client_stream<Req: Tlv, Resp: Tlv>(&self, spec: &'static Spec) -> ClientStream<Req, Resp> {
        ClientStream::new(StreamCall::new(self.clone(), spec, Ok(Bytes::new())))
    }

    /// A call of the method `spec` with many requests and many answers. Generated clients call this.
    pub fn both_streams<Req: Tlv, Resp: Tlv>(&self, spec: &'static Spec) -> BothStreams<Req, Resp> {
        BothStreams::new(StreamCall::new(self.clone(), spec, Ok(Bytes::new())))
    }

    fn encode<Req: Tlv>(&self, message: &Req) -> Result<Bytes, Status> {
        scratch::encode(message, self.limits().message_out, |encoded| match encoded {
            Ok(bytes) => Ok(Bytes::copy_from_slice(bytes)),
            Err(error) => Err(calling::request_unencodable(error)),
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.0.pool.limits()
    }

    fn protection(&self) -> &Protection {
        &self.0.protection
    }

    /// Whether there is more than one endpoint.
    fn has_others(&self) -> bool {
        self.0.pool.has_others()
    }

    /// A connection for the call, if there is one that takes it.
    pub(crate) fn ready(&self, call: &OutgoingCall<'_>) -> Option<Arc<Connection>> {
        self.0.pool.ready(Some(call))
    }

    /// A connection for the call, opened if need be.
    pub(crate) async fn connection(&self, call: OutgoingCall<'_>, deadline: Option<Instant>) -> Opened {
        self.0.pool.connection(Some(call), deadline).await
    }

    /// How a call ends whose time is over before it has a connection.
    pub(crate) fn late_connecting(&self, limit_ms: u128, from: &str) -> Status {
        self.0.pool.late(limit_ms, from)
    }

    pub(crate) fn interceptors(&self) -> &Chain {
        &self.0.surroundings.interceptors
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.0.surroundings.hooks
    }

    pub(crate) fn metrics(&self) -> Option<&Metrics> {
        self.0.surroundings.metrics.as_ref()
    }

    /// The time a call of `spec` may take unless its caller says otherwise, and who set it.
    pub(crate) fn timeout_of(&self, spec: &Spec) -> (Duration, &'static str) {
        match spec.timeout {
            Some(timeout) => (timeout, "the schema's timeout"),
            None => (self.limits().deadline_default, "deadline.default"),
        }
    }

    /// Names the endpoint in a status that does not.
    pub(crate) fn name(&self, status: Status) -> Status {
        if status.facts().endpoint.is_some() { status } else { status.endpoint(self.target()) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("target", &self.target()).finish_non_exhaustive()
    }
}
