//! What a server has counted of its calls, as a service of every server.
//!
//! `svrkit.monitoring.Monitoring` has the service id 3 and one method: *Snapshot* gives, for each method that was called, how calls ended, how long they
//! took and how many are in flight. `cargo svrkit top` shows it; [`MonitoringClient`] asks. It is a small part of what
//! [`metrics`](crate::metrics) count, in a form that needs no knowledge of them.
//!
//! ```
//! use svrkit_runtime::monitoring::{MonitoringClient, SnapshotRequest};
//! use svrkit_runtime::{Metrics, Server};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let monitoring = MonitoringClient::new(Server::new().metrics(Metrics::new()).in_process()?);
//! monitoring.snapshot(&SnapshotRequest::default()).await?;
//! let reply = monitoring.snapshot(&SnapshotRequest::default()).await?;
//! let own = reply.methods.iter().find(|it| it.method == "Snapshot").unwrap();
//! assert_eq!((own.codes[0].code.as_str(), own.codes[0].count, own.in_flight), ("OK", 1, 1));
//! # Ok(())
//! # }
//! ```
//!
//! Interceptors stand before this service as before all others, and it is left out by
//! [`Server::without_monitoring`](crate::Server::without_monitoring) or the key `server.monitoring`.

mod service;
// What the generator writes for schemas/monitoring.xml.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

use generated::svrkit::monitoring as messages;

pub use messages::{
    Code, Duration, MONITORING, MONITORING_SNAPSHOT, Method, MonitoringClient, SnapshotReply, SnapshotRequest,
};
pub(crate) use service::{CountConnections, served};
