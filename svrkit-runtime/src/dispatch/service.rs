//! What a service is to the dispatcher, and the shape of a handler's future.

use std::future::Future;

use super::call::Call;
use crate::queue::{Work, Worked};
use crate::spec::ServiceSpec;
use crate::status::Status;

/// A service that calls can be dispatched to. Generated for each service of a schema; object-safe.
pub trait Service: Send + Sync + 'static {
    /// The facts of the service.
    fn spec(&self) -> &'static ServiceSpec;

    /// Finds the call's method and has it handled. Must not block: it runs where frames are read.
    fn dispatch(&self, call: Call);

    /// Finds the method that a job is of, and does it. Generated where methods are queued.
    fn work(&self, work: Work) -> Worked {
        work.refuse(self.spec())
    }
}

/// The future of a handler: `Future<Output = Result<T, impl Into<Status>>> + Send` by a short name.
///
/// Generated traits declare methods as `fn place(&self, request: PlaceRequest) -> impl Answer<Order>`; an
/// implementation writes `async fn place(&self, request: PlaceRequest) -> Result<Order, Status>`, or with an error of
/// its own that converts into [`Status`].
pub trait Answer<T>: Future<Output = Result<T, Self::Error>> + Send {
    /// What it fails with.
    type Error: Into<Status>;
}

impl<T, E: Into<Status>, F: Future<Output = Result<T, E>> + Send> Answer<T> for F {
    type Error = E;
}
