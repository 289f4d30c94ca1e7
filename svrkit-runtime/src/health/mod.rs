//! Whether a server serves and whether it should be given calls, as a service of every server.
//!
//! `svrkit.health.Health` has the service id 1 and two methods. *Check* says of the whole server or of one service whether it serves;
//! *Ready* runs what the program gave as readiness checks. [`Health`] is the program's side; [`HealthClient`] asks.
//!
//! ```
//! use svrkit_runtime::health::{CheckRequest, HealthClient, ReadyRequest, State};
//! use svrkit_runtime::{Server, Status};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::new();
//! server.health().readiness_check("cache", || async { Err::<(), _>("still cold") });
//! let health = HealthClient::new(server.in_process()?);
//!
//! assert_eq!(health.check(&CheckRequest::default()).await?.state, State::Serving);
//! let reply = health.ready(&ReadyRequest::default()).await?;
//! assert!(!reply.ready);
//! assert_eq!(reply.obstacles[0].name, "cache");
//! assert!(!reply.obstacles[0].reason.contains("still cold"), "that is for the server's log");
//! # Ok(())
//! # }
//! ```
//!
//! Interceptors stand before this service as before all others: who asks for tokens decides whether probes need one.

mod handle;
mod readiness;
mod service;
// What the generator writes for schemas/health.xml.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

use generated::svrkit::health as messages;

pub use handle::Health;
pub use messages::{
    CheckReply, CheckRequest, HEALTH, HEALTH_CHECK, HEALTH_READY, HealthClient, Obstacle, ReadyReply,
    ReadyRequest, State,
};
pub(crate) use service::{Draining, HealthOfRun};
