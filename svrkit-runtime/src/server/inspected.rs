//! A server as its admin pages see it.

use std::sync::Arc;

use tokio::time::Instant;

use super::Shared;
use crate::admin::{ConnectionSeen, Overview, Subject};
use crate::admission::{Gate, LoadOfRun, ServerRules, Wild};
use crate::client::{self, Dialed, Protecting};
use crate::config::Setting;
use crate::health::HealthOfRun;
use crate::metrics::Metrics;
use crate::queue::Queues;
use crate::transport::Address;
use crate::trust::Trust;

/// A server that has its address, from then on.
pub(super) struct Inspected {
    shared: Arc<Shared>,
    address: Address,
    since: Instant,
}

impl Inspected {
    pub(super) fn new(shared: Arc<Shared>, address: Address) -> Arc<Self> {
        Arc::new(Self { shared, address, since: Instant::now() })
    }
}

impl Subject for Inspected {
    fn overview(&self) -> Overview {
        let connections = self.shared.connections.all();
        Overview {
            name: self.shared.name.clone(),
            address: self.address.to_string(),
            services: self.shared.router.specs().collect(),
            connections: connections.len(),
            calls_in_flight: connections.iter().map(|connection| connection.in_flight().len()).sum(),
            uptime: self.since.elapsed(),
        }
    }

    fn connections(&self) -> Vec<ConnectionSeen> {
        let now = Instant::now();
        self.shared.connections.all().iter().map(|connection| connection.seen(now)).collect()
    }

    fn dialed(&self, max: usize) -> Dialed {
        client::dialed(max)
    }

    fn protecting(&self, max: usize) -> Protecting {
        client::protecting(max)
    }

    fn settings(&self) -> Vec<Setting> {
        let Shared { config, limits, .. } = &*self.shared;
        match config {
            Some(config) => config.clone().with_limits(limits).settings().cloned().collect(),
            None => limits.by_key().map(|(key, number)| Setting::of_limit(key, number)).collect(),
        }
    }

    fn health(&self) -> &HealthOfRun {
        &self.shared.health
    }

    fn metrics(&self) -> Option<&Metrics> {
        self.shared.metrics.as_ref()
    }

    fn gate(&self) -> Option<&Arc<Gate>> {
        self.shared.gate.as_ref()
    }

    fn rules(&self) -> ServerRules {
        ServerRules::new(&self.shared.rules, self.shared.gate.as_ref())
    }

    fn wild(&self) -> Option<&Arc<Wild>> {
        self.shared.wild.as_ref()
    }

    fn trust(&self) -> Trust {
        self.shared.trust
    }

    fn load(&self) -> &LoadOfRun {
        &self.shared.load
    }

    fn queues(&self) -> &Queues {
        &self.shared.queues
    }

    fn stop(&self) {
        self.shared.stop_asked.notify_one();
    }
}
