//! The client: many calls at once on one connection, opened again when it was lost.
//!
//! [`Client`] keeps the connection, [`Request`] is one thing a caller wants. Generated clients are thin fronts over
//! the two. Finding endpoints, balancing and retries are not here.

mod connection;
mod dial;
mod frame_link;
mod in_process;
mod pending;
mod request;
mod timer;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use self::connection::Connection;
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
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    target: Target,
    limits: Limits,
    connection: Mutex<Option<Arc<Connection>>>,
    /// Held while a connection is being opened, so that many waiting calls open one.
    opening: tokio::sync::Mutex<()>,
}

enum Target {
    /// `host:port`.
    Endpoint(Arc<str>),
    InProcess(Arc<Router>),
}

impl Client {
    /// Connects to `endpoint` (`host:port`) under default limits. A connection that is lost later is opened again
    /// by the next request.
    ///
    /// # Errors
    /// UNAVAILABLE with the layer connect or handshake: nobody listens there, or somebody who does not speak svrkit.
    pub async fn connect(endpoint: impl AsRef<str>) -> Result<Self, Status> {
        Self::connect_with(endpoint, Limits::default()).await
    }

    /// The same under other limits.
    ///
    /// # Errors
    /// Those of [`Self::connect`].
    pub async fn connect_with(endpoint: impl AsRef<str>, limits: Limits) -> Result<Self, Status> {
        let client = Self::lazy(endpoint, limits);
        client.connection().await?;
        Ok(client)
    }

    /// A client that connects when the first request needs it.
    #[must_use]
    pub fn lazy(endpoint: impl AsRef<str>, limits: Limits) -> Self {
        Self::new(Target::Endpoint(endpoint.as_ref().into()), limits)
    }

    pub(crate) fn in_process(router: Router, limits: Limits) -> Self {
        Self::new(Target::InProcess(Arc::new(router)), limits)
    }

    fn new(target: Target, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            target,
            limits,
            connection: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
        }))
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

    /// The connection, if there is one that takes calls.
    fn ready(&self) -> Option<Arc<Connection>> {
        self.current().as_ref().filter(|connection| connection.link.takes_calls()).cloned()
    }

    /// The connection, opened if need be.
    async fn connection(&self) -> Result<Arc<Connection>, Status> {
        let _opening = self.0.opening.lock().await;
        if let Some(connection) = self.ready() {
            return Ok(connection);
        }
        let connection = Arc::new(match &self.0.target {
            Target::Endpoint(endpoint) => frame_link::open(endpoint, &self.0.limits).await?,
            Target::InProcess(router) => in_process::open(Arc::clone(router), self.0.limits),
        });
        *self.current() = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// One assignment is made under this lock: a panic cannot leave it half done.
    fn current(&self) -> MutexGuard<'_, Option<Arc<Connection>>> {
        self.0.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

/// The refusal of a call that would be one too many on its connection.
fn too_many_calls(max: u32) -> Status {
    Status::resource_exhausted(format!(
        "{max} calls are in flight on this connection already (the server's calls.in_flight)"
    ))
    .layer(Layer::Admission)
    .party(Party::Caller)
    .cause(Cause::Concurrency)
    .retry(Retry::Elsewhere)
}
