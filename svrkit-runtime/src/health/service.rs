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

/// The health of a run of a server. A clone is of the same run.
#[derive(Clone, Debug)]
pub(crate) struct HealthOfRun {
    health: Health,
    services: Arc<[&'static ServiceSpec]>,
    timeout: Duration,
    draining: Draining,
}

impl HealthOfRun {
    /// Of a run of a server that has these services.
    pub(crate) fn new(
        health: Health,
        services: impl IntoIterator<Item = &'static ServiceSpec>,
        limits: &Limits,
        draining: Draining,
    ) -> Self {
        let services = services.into_iter().collect();
        Self { health, services, timeout: limits.health_timeout, draining }
    }

    /// The service that says so.
    pub(crate) fn service(self) -> Arc<dyn Service> {
        Arc::new(HealthServer::new(self))
    }

    /// Each service, and why it does not serve where it does not.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&'static str, Result<(), Arc<str>>)> {
        self.services.iter().map(|spec| (spec.name, self.unless_draining(self.state_of(spec))))
    }

    /// A server serves as long as any of its services does.
    pub(crate) fn state(&self) -> Result<(), Arc<str>> {
        let mut state = Ok(());
        for spec in self.services.iter() {
            state = self.state_of(spec);
            if state.is_ok() {
                break;
            }
        }
        self.unless_draining(state)
    }

    /// What speaks against giving calls to the server.
    pub(crate) async fn obstacles(&self) -> Vec<Obstacle> {
        if self.draining.has_begun() {
            // It goes whatever the checks say.
            return vec![Obstacle {
                name: "draining".into(),
                reason: DRAINING.into(),
                ..Obstacle::default()
            }];
        }
        self.health.readiness().obstacles(self.timeout).await.to_vec()
    }

    fn state_of(&self, spec: &ServiceSpec) -> Result<(), Arc<str>> {
        self.health.why_not_serving(spec.id).map_or(Ok(()), Err)
    }

    fn unless_draining(&self, state: Result<(), Arc<str>>) -> Result<(), Arc<str>> {
        if self.draining.has_begun() { Err(DRAINING.into()) } else { state }
    }
}

impl messages::Health for HealthOfRun {
    async fn check(&self, request: CheckRequest) -> Result<CheckReply, Status> {
        let state = match &*request.service {
            "" => Some(self.state()),
            // What is not here is not here, whatever the server is about to do.
            name => self.states().find(|(service, _)| *service == name).map(|(_, state)| state),
        };
        let (state, reason) = match state {
            None => (State::Unknown, String::new()),
            Some(Ok(())) => (State::Serving, String::new()),
            Some(Err(why)) => (State::NotServing, why.to_string()),
        };
        Ok(CheckReply { state, reason, ..CheckReply::default() })
    }

    async fn ready(&self, _: ReadyRequest) -> Result<ReadyReply, Status> {
        let obstacles = self.obstacles().await;
        Ok(ReadyReply { ready: obstacles.is_empty(), obstacles, ..ReadyReply::default() })
    }
}
