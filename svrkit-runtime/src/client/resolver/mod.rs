//! Finding the endpoints of a target, now and as they change.
//!
//! A [`Resolver`] tells a [`Resolution`] what it finds; the pool keeps the last good list. Shipped are lists that do not change
//! (the target says them), names ([`dns`]) and files ([`file`]). *Absent:* connections, and which endpoint a call takes.

mod dns;
mod endpoint;
mod file;
mod resolution;
mod target;

use std::fmt;
use std::pin::Pin;

pub use self::endpoint::Endpoint;
pub use self::resolution::Resolution;
pub(super) use self::resolution::{Found, Wish};
pub(super) use self::target::Target;

/// Finds the endpoints of a target.
///
/// It runs on a task of the client's own, from the first request on, until the client is dropped. When the runtime of that
/// task has ended, the next request runs it again on another.
///
/// ```
/// use std::pin::Pin;
/// use svrkit_runtime::{Client, Endpoint, Resolution, Resolver};
///
/// /// Asks a registry.
/// #[derive(Debug)]
/// struct Registry;
///
/// impl Resolver for Registry {
///     fn target(&self) -> String {
///         "registry".into()
///     }
///
///     fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
///         Box::pin(async move {
///             loop {
///                 // What a registry would say.
///                 resolution.found(vec![Endpoint::new("127.0.0.1:4310".parse().unwrap())]);
///                 resolution.pause(std::time::Duration::from_secs(30)).await;
///             }
///         })
///     }
/// }
///
/// let client = Client::resolved_by(Registry).lazy();
/// assert_eq!(client.target(), "registry");
/// ```
pub trait Resolver: fmt::Debug + Send + Sync + 'static {
    /// What it finds the endpoints of, for errors.
    fn target(&self) -> String;

    /// Tells `resolution` what it finds, at once and whenever that changes. Ends when nothing will change any more.
    fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}
