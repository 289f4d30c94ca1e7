//! The server, as its pages see it.

use std::sync::Arc;
use std::time::Duration;

use crate::admission::{Gate, LoadOfRun, ServerRules, Wild};
use crate::client::{Dialed, Protecting};
use crate::config::Setting;
use crate::health::HealthOfRun;
use crate::metrics::Metrics;
use crate::queue::Queues;
use crate::spec::ServiceSpec;
use crate::trust::Trust;

/// What is asked of a server in order to show it.
pub(crate) trait Subject: Send + Sync + 'static {
    /// What it is.
    fn overview(&self) -> Overview;

    /// Who is connected, the oldest connection first.
    fn connections(&self) -> Vec<ConnectionSeen>;

    /// The connections of this process's clients: `max` of them, the rest counted.
    fn dialed(&self, max: usize) -> Dialed;

    /// What those clients do for the protection of their servers: of each kind `max`, the rest counted.
    fn protecting(&self, max: usize) -> Protecting;

    /// What holds: its configuration, and the limits as the program has set them since.
    fn settings(&self) -> Vec<Setting>;

    /// Whether it serves, and should be given calls.
    fn health(&self) -> &HealthOfRun;

    /// What it counts in; `None`: it does not count.
    fn metrics(&self) -> Option<&Metrics>;

    /// Where its calls wait; `None`: nowhere.
    fn gate(&self) -> Option<&Arc<Gate>>;

    /// Of whom it believes how important calls are.
    fn trust(&self) -> Trust;

    /// Its load, by its tier.
    fn load(&self) -> &LoadOfRun;

    /// What its calls are held to before that.
    fn rules(&self) -> ServerRules;

    /// What watches its callers; `None`: nothing.
    fn wild(&self) -> Option<&Arc<Wild>>;

    /// Its queued methods, and what holds their jobs.
    fn queues(&self) -> &Queues;

    /// Has it accept no more, let its calls end, and stop, as SIGTERM does.
    fn stop(&self);
}

/// A server at a glance.
#[derive(Debug)]
pub(crate) struct Overview {
    /// As peers are told; may be empty.
    pub(crate) name: String,
    /// Where calls come in.
    pub(crate) address: String,
    pub(crate) services: Vec<&'static ServiceSpec>,
    pub(crate) connections: usize,
    pub(crate) calls_in_flight: usize,
    pub(crate) uptime: Duration,
}

/// A connection at a glance.
#[derive(Debug)]
pub(crate) struct ConnectionSeen {
    /// Its address; `None`: it has none that is known.
    pub(crate) peer: Option<std::net::SocketAddr>,
    /// What it calls itself; may be empty.
    pub(crate) name: String,
    /// Who it has proved to be; may be empty.
    pub(crate) identity: String,
    pub(crate) state: &'static str,
    pub(crate) age: Duration,
    /// Since it was last heard of.
    pub(crate) silence: Duration,
    pub(crate) calls_in_flight: usize,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}
