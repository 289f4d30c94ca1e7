//! The client: many calls at once on one connection, opened again when it was lost.
//!
//! [`Client`] keeps the connection, [`Request`] is one thing a caller wants. Generated clients are thin fronts over
//! the two. Finding endpoints, balancing and retries are not here.

mod blocking;
mod builder;
mod connection;
mod dial;
mod frame_link;
mod in_process;
mod intercept;
mod metadata;
mod opening;
mod pending;
mod request;
mod response;
mod silence;
mod stream;
mod timer;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

pub use self::blocking::wait;
pub use self::builder::ClientBuilder;
use self::opening::State;
pub use self::request::Request;
pub use self::response::Response;
pub(crate) use self::stream::StreamSlot;
use crate::dispatch::Router;
use crate::interceptor::Chain;
use crate::limits::Limits;
use crate::monitor::Hooks;
use crate::scratch;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::stream::{BothStreams, ClientStream, ServerStream, StreamCall};
use crate::wire::tlv::Tlv;

/// The endpoint name of calls that stay in the process.
const IN_PROCESS: &str = "in process";

/// Calls one endpoint. A clone shares the connection; all methods take `&self`.
///
/// It lives on the tokio runtime that it first connects on: when that ends, calls in flight end with UNAVAILABLE, and
/// the next request connects anew on the runtime it is awaited on.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    target: Target,
    name: String,
    limits: Limits,
    interceptors: Chain,
    hooks: Hooks,
    state: Mutex<State>,
}

enum Target {
    /// The text of an address.
    Endpoint(Arc<str>),
    /// The services, and who is told of their calls.
    InProcess(Arc<Router>, Hooks),
}

impl Client {
    /// Connects to `endpoint` (`host:port` or `unix:/path`) under default limits.
    ///
    /// # Errors
    /// Those of [`ClientBuilder::connect`].
    pub async fn connect(endpoint: impl AsRef<str>) -> Result<Self, Status> {
        Self::builder(endpoint).connect().await
    }

    /// A client of `endpoint` (`host:port` or `unix:/path`) with other limits, or one that connects later.
    pub fn builder(endpoint: impl AsRef<str>) -> ClientBuilder {
        ClientBuilder::new(endpoint.as_ref())
    }

    pub(crate) fn in_process(router: Router, hooks: Hooks, limits: Limits) -> Self {
        let target = Target::InProcess(Arc::new(router), hooks);
        Self::new(target, String::new(), limits, Chain::default(), Hooks::default())
    }

    fn new(target: Target, name: String, limits: Limits, interceptors: Chain, hooks: Hooks) -> Self {
        Self(Arc::new(Inner { target, name, limits, interceptors, hooks, state: Mutex::default() }))
    }

    /// The endpoint as it was given.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        match &self.0.target {
            Target::Endpoint(endpoint) => endpoint,
            Target::InProcess(..) => IN_PROCESS,
        }
    }

    /// A request of the method `spec`; it is sent when it is awaited. Generated clients call this.
    pub fn request<Req: Tlv, Resp: Tlv>(&self, spec: &'static Spec, message: &Req) -> Request<Resp> {
        Request::new(self.clone(), spec, self.encode(message))
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
        scratch::encode(message, self.0.limits.message_out, |encoded| match encoded {
            Ok(bytes) => Ok(Bytes::copy_from_slice(bytes)),
            Err(error) => Err(calling::request_unencodable(error)),
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn interceptors(&self) -> &Chain {
        &self.0.interceptors
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.0.hooks
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
        if status.facts().endpoint.is_some() { status } else { status.endpoint(self.endpoint()) }
    }

    /// One assignment is made under this lock: a panic cannot leave it half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}
