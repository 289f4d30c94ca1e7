//! What a program says of its health.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::readiness::Readiness;
use crate::spec::ServiceSpec;

/// The health of a server, as its program sees it: [`Server::health`](crate::Server::health). A clone is the same one.
///
/// Every service serves and the server is ready, until something says otherwise here.
///
/// ```
/// use svrkit_runtime::{Server, ServiceSpec};
///
/// // Generated, as `ORDERS` for the service `Orders`.
/// static ORDERS: ServiceSpec = ServiceSpec::new("shop.Orders", 2310, &[]);
///
/// let server = Server::new();
/// let health = server.health();
/// health.not_serving(&ORDERS, "its database is being moved");
/// health.serving(&ORDERS);
/// ```
#[derive(Clone, Default)]
pub struct Health(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Why services do not serve, by their ids.
    out_of_service: Mutex<BTreeMap<u32, Arc<str>>>,
    readiness: Arc<Readiness>,
}

impl Health {
    /// Says that a service does not serve, and why. Its calls are handled as before: this is for those who route and watch.
    pub fn not_serving(&self, service: &ServiceSpec, why: impl Into<String>) {
        self.out_of_service().insert(service.id, why.into().into());
    }

    /// Says that a service serves again.
    pub fn serving(&self, service: &ServiceSpec) {
        self.out_of_service().remove(&service.id);
    }

    /// Adds a check that is run whenever someone asks whether the server is ready. The error goes to the server's log, once for all runs
    /// in a row that end with the same; who asks gets the check's name and that it failed.
    ///
    /// All checks run at once, each for at most `health.timeout`, and once for all who ask meanwhile. A check that panics is one that
    /// fails.
    pub fn readiness_check<F, E>(
        &self,
        name: impl Into<String>,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        self.0.readiness.add(name.into(), check);
    }

    /// Whether no check speaks against giving calls to the server.
    #[cfg(all(unix, feature = "takeover"))]
    pub(crate) async fn is_ready(&self, limit: std::time::Duration) -> bool {
        self.readiness().obstacles(limit).await.is_empty()
    }

    pub(super) fn readiness(&self) -> &Arc<Readiness> {
        &self.0.readiness
    }

    /// Why this service does not serve; `None`: it does.
    pub(super) fn why_not_serving(&self, service_id: u32) -> Option<Arc<str>> {
        self.out_of_service().get(&service_id).cloned()
    }

    /// Each change under the lock is one operation of the map: a panic cannot leave it half done.
    fn out_of_service(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<str>>> {
        self.0.out_of_service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("out_of_service", &*self.out_of_service()).finish_non_exhaustive()
    }
}
