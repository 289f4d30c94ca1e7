//! From the ids of a call to its service.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::call::{Call, list};
use super::panic;
use super::service::Service;
use crate::interceptor::Chain;
use crate::spec::{ServiceSpec, Spec};
use crate::status::catalogue::admitting;

/// The services of one server, by their ids. Knows no transport.
#[derive(Default)]
pub(crate) struct Router {
    /// Sorted by id.
    services: Vec<(u32, Arc<dyn Service>)>,
    /// What stands before all handlers.
    interceptors: Arc<Chain>,
}

/// Two services of one server have the same id.
///
/// The one who wrote the schemas mends it: give one of them another `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceIdTaken {
    /// The id.
    pub id: u32,
    /// Name of the one added first.
    pub first: &'static str,
    /// Name of the other.
    pub second: &'static str,
}

impl fmt::Display for ServiceIdTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, first, second } = self;
        if first == second {
            return write!(f, "the service {first} was added twice");
        }
        write!(
            f,
            "the services {first} and {second} have the same id {id}: give one of them another in its schema"
        )
    }
}

impl Error for ServiceIdTaken {}

impl Router {
    /// Routes the calls of `services`, past `interceptors`.
    pub(crate) fn new(
        services: impl IntoIterator<Item = Arc<dyn Service>>,
        interceptors: Chain,
    ) -> Result<Self, ServiceIdTaken> {
        panic::watch();
        let mut router = Self { services: Vec::new(), interceptors: Arc::new(interceptors) };
        for service in services {
            let spec = service.spec();
            match router.services.binary_search_by_key(&spec.id, |(id, _)| *id) {
                Ok(at) => {
                    let first = router.services[at].1.spec().name;
                    return Err(ServiceIdTaken { id: spec.id, first, second: spec.name });
                }
                Err(at) => router.services.insert(at, (spec.id, service)),
            }
        }
        Ok(router)
    }

    /// The facts of the services, by id.
    pub(crate) fn specs(&self) -> impl Iterator<Item = &'static ServiceSpec> {
        self.services.iter().map(|(_, service)| service.spec())
    }

    /// The method of these ids.
    pub(crate) fn method(&self, (service_id, method_id): (u32, u16)) -> Option<&'static Spec> {
        let at = self.services.binary_search_by_key(&service_id, |(id, _)| *id).ok()?;
        self.services[at].1.spec().methods.iter().find(|method| method.method_id == method_id).copied()
    }

    /// Hands the call to its service, or answers UNIMPLEMENTED.
    pub(crate) fn dispatch(&self, mut call: Call) {
        call.pass(&self.interceptors);
        match self.services.binary_search_by_key(&call.service_id(), |(id, _)| *id) {
            Ok(at) => {
                let service = &self.services[at].1;
                panic::forget();
                // This runs where frames are read: a panic in hand-written code must end its call, not the connection.
                // The call, dropped on the way, answers for itself.
                let _ = catch_unwind(AssertUnwindSafe(|| service.dispatch(call)));
            }
            Err(_) => {
                let names: Vec<String> = self
                    .specs()
                    .filter(|spec| !spec.is_kit())
                    .map(|spec| format!("{} (id {})", spec.name, spec.id))
                    .collect();
                let status = admitting::service_unknown(call.service_id(), list(&names));
                call.refuse(&status);
            }
        }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.specs().map(|spec| spec.name)).finish()
    }
}
