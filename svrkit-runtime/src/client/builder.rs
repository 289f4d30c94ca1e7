//! A client about to be made.

use std::sync::Arc;

use super::{Client, Target};
use crate::config::Config;
use crate::interceptor::{Chain, Interceptor};
use crate::limits::Limits;
use crate::monitor::{Hooks, Monitor};
use crate::status::Status;

/// A client about to be made: [`Client::builder`].
#[derive(Debug)]
#[must_use = "a builder calls nobody"]
pub struct ClientBuilder {
    endpoint: String,
    name: String,
    limits: Limits,
    interceptors: Chain,
    hooks: Hooks,
}

impl ClientBuilder {
    pub(super) fn new(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.into(),
            name: String::new(),
            limits: Limits::default(),
            interceptors: Chain::default(),
            hooks: Hooks::default(),
        }
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the name that its hello gives to servers, for their logs; what is beyond 256 bytes is cut off.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the name and the limits that a configuration gives.
    pub fn config(self, config: &Config) -> Self {
        self.name(config.client_name()).limits(config.limits())
    }

    /// Has every request pass `interceptor`, after those that were added before it.
    pub fn interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.push(interceptor);
        self
    }

    /// Tells `monitor` what happens, after those that were added before it.
    pub fn monitor(mut self, monitor: impl Monitor) -> Self {
        self.hooks.push(Arc::new(monitor));
        self
    }

    /// A client that is connected. A connection that is lost later is opened again by the next request.
    ///
    /// # Errors
    /// UNAVAILABLE with the layer connect or handshake: nobody listens there, or somebody who does not speak svrkit.
    pub async fn connect(self) -> Result<Client, Status> {
        let client = self.lazy();
        client.connection().await?;
        Ok(client)
    }

    /// A client that connects when the first request needs it.
    #[must_use]
    pub fn lazy(self) -> Client {
        let target = Target::Endpoint(self.endpoint.into());
        Client::new(target, self.name, self.limits, self.interceptors, self.hooks)
    }
}
