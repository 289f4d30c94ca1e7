//! The client: many calls at once on one connection, opened again when it was lost.
//!
//! [`Client`] keeps the connection, [`Request`] is one thing a caller wants. Generated clients are thin fronts over
//! the two. Finding endpoints, balancing and retries are not here.

mod builder;
mod connection;
mod dial;
mod frame_link;
mod in_process;
mod opening;
mod pending;
mod request;
mod silence;
mod timer;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

pub use self::builder::ClientBuilder;
use self::opening::State;
pub use self::request::Request;
use crate::dispatch::Router;
use crate::limits::Limits;
use crate::scratch;
use crate::spec::Spec;
use crate::status::{Cause, Layer, Party, Retry, Status};
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
    state: Mutex<State>,
}

enum Target {
    /// `host:port`.
    Endpoint(Arc<str>),
    InProcess(Arc<Router>),
}

impl Client {
    /// Connects to `endpoint` (`host:port`) under default limits.
    ///
    /// # Errors
    /// Those of [`ClientBuilder::connect`].
    pub async fn connect(endpoint: impl AsRef<str>) -> Result<Self, Status> {
        Self::builder(endpoint).connect().await
    }

    /// A client of `endpoint` (`host:port`) with other limits, or one that connects later.
    pub fn builder(endpoint: impl AsRef<str>) -> ClientBuilder {
        ClientBuilder::new(endpoint.as_ref())
    }

    pub(crate) fn in_process(router: Router, limits: Limits) -> Self {
        Self::new(Target::InProcess(Arc::new(router)), String::new(), limits)
    }

    fn new(target: Target, name: String, limits: Limits) -> Self {
        Self(Arc::new(Inner { target, name, limits, state: Mutex::default() }))
    }

    /// The endpoint as it was given.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        match &self.0.target {
            Target::Endpoint(endpoint) => endpoint,
            Target::InProcess(_) => IN_PROCESS,
        }
    }

    /// A request of the method `spec`; it is sent when it is awaited. Generated clients call this.
    pub fn request<Req: Tlv, Resp: Tlv>(&self, spec: &'static Spec, message: &Req) -> Request<Resp> {
        let encoded = scratch::encode(message, self.0.limits.message_out, |encoded| match encoded {
            Ok(bytes) => Ok(Bytes::copy_from_slice(bytes)),
            Err(error) => Err(Status::resource_exhausted(format!("the request cannot be encoded: {error}"))
                .layer(Layer::Codec)
                .party(Party::Caller)
                .cause(Cause::Size)
                .retry(Retry::Never)),
        });
        Request::new(self.clone(), spec, encoded)
    }

    fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Names the endpoint in a status that does not.
    fn name(&self, status: Status) -> Status {
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
