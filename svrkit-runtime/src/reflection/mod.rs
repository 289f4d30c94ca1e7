//! What a server serves and what its schemas say of that, as a service of every server.
//!
//! `svrkit.reflection.Reflection` has the service id 2 and two methods. *List* tells names and numbers; *Describe* gives what schemas say, as
//! encoded `svrkit.descriptor.DescriptorSet`s, by which a tool calls a service without code that was generated for it:
//! `cargo svrkit call` does, and the crate `svrkit-reflect` has what it takes. [`ReflectionClient`] asks.
//!
//! ```
//! use svrkit_runtime::reflection::{DescribeRequest, ListRequest, ReflectionClient, ReflectionError};
//! use svrkit_runtime::{ErrorCode, Server};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let reflection = ReflectionClient::new(Server::new().in_process()?);
//!
//! let reply = reflection.list(&ListRequest::default()).await?;
//! let names: Vec<_> = reply.services.iter().map(|service| service.name.as_str()).collect();
//! assert_eq!(names, ["svrkit.health.Health", "svrkit.reflection.Reflection", "svrkit.monitoring.Monitoring"]);
//!
//! let request = DescribeRequest { services: vec!["no.Such".into()], ..DescribeRequest::default() };
//! let status = reflection.describe(&request).await.unwrap_err();
//! assert!(matches!(ReflectionError::from_status(&status), Some(ReflectionError::UnknownService(_))));
//! # Ok(())
//! # }
//! ```
//!
//! A service is described where its generated code has it ([`ServiceSpec::descriptors`](crate::ServiceSpec::descriptors)): it has, unless
//! the build script says `Config::reflection(false)`. Nothing is read, linked or checked here: bytes are passed on as they are.
//!
//! Interceptors stand before this service as before all others: whom an [`AllowList`](crate::AllowList) does not let call
//! [`REFLECTION_LIST`] and [`REFLECTION_DESCRIBE`] is told nothing. Who may call them is told of all services of the server.
//! [`Server::without_reflection`](crate::Server::without_reflection) and the key `server.reflection` leave it out.

mod service;
// What the generator writes for schemas/reflection.xml.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

use generated::svrkit::reflection as messages;

pub use messages::{
    DescribeReply, DescribeRequest, ListReply, ListRequest, Method, REFLECTION, REFLECTION_DESCRIBE,
    REFLECTION_LIST, ReflectionClient, ReflectionError, Service, Subject,
};
pub(crate) use service::served;
