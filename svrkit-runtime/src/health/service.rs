//! Answers for one run of a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Health;
use super::messages::{
    self, CheckReply, CheckRequest, HealthServer, Obstacle, ReadyReply, ReadyRequest, State,
};
use crate::dispatch::Service;
use crate::limits::Limits;
use crate::spec::ServiceSpec;
use crate::status::Status;

/// Whether a run of a server is about to stop. A clone is of the same run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draining(Arc<AtomicBool>);

impl Draining {
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

const DRAINING: &str = "the server is about to stop";

/// The health service of a run of a server that has these services.
pub(crate) fn served(
    health: Health,
    services: impl IntoIterator<Item = &'static ServiceSpec>,
    limits: &Limits,
    draining: Draining,
) -> Arc<dyn Service> {
    let services = services.into_iter().collect();
    Arc::new(HealthServer::new(Served { health, services, timeout: limits.health_timeout, draining }))
}

struct Served {
    health: Health,
    services: Vec<&'static ServiceSpec>,
    timeout: Duration,
    draining: Draining,
}

impl Served {
    fn state_of(&self, name: &str) -> Option<Result<(), Arc<str>>> {
        let spec = self.services.iter().find(|spec| spec.name == name)?;
        Some(self.health.why_not_serving(spec.id).map_or(Ok(()), Err))
    }

    /// A server serves as long as any of its services does.
    fn state_of_all(&self) -> Result<(), Arc<str>> {
        let mut why_not = None;
        for spec in &self.services {
            match self.health.why_not_serving(spec.id) {
                None => return Ok(()),
                why => why_not = why,
            }
        }
        why_not.map_or(Ok(()), Err)
    }
}

impl messages::Health for Served {
    async fn check(&self, request: CheckRequest) -> Result<CheckReply, Status> {
        let state = match &*request.service {
            "" => Some(self.state_of_all()),
            name => self.state_of(name),
        };
        // What is not here is not here, whatever the server is about to do.
        let state = state.map(|state| if self.draining.has_begun() { Err(DRAINING.into()) } else { state });
        let (state, reason) = match state {
            None => (State::Unknown, String::new()),
            Some(Ok(())) => (State::Serving, String::new()),
            Some(Err(why)) => (State::NotServing, why.to_string()),
        };
        Ok(CheckReply { state, reason, ..CheckReply::default() })
    }

    async fn ready(&self, _: ReadyRequest) -> Result<ReadyReply, Status> {
        let obstacles = match self.draining.has_begun() {
            // It goes whatever the checks say.
            true => {
                vec![Obstacle { name: "draining".into(), reason: DRAINING.into(), ..Obstacle::default() }]
            }
            false => self.health.readiness().obstacles(self.timeout).await.to_vec(),
        };
        Ok(ReadyReply { ready: obstacles.is_empty(), obstacles, ..ReadyReply::default() })
    }
}
