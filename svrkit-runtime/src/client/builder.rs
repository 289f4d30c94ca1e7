//! A client about to be made.

use std::fmt;
use std::sync::Arc;

use super::listing::Listing;
use super::picker::{MakePicker, Picker};
use super::pool::{Pool, Settings};
use super::protection::{Announcer, ClientProtection, Protection, Ward};
use super::resolver::{Endpoint, Resolver, Target};
use super::securing::Security;
use super::{Client, Surroundings};
use crate::config::Config;
use crate::interceptor::Interceptor;
use crate::limits::Limits;
use crate::metrics::{Metrics, Switch};
use crate::monitor::Monitor;
use crate::status::Status;
#[cfg(feature = "tls")]
use crate::tls::ClientTls;
use crate::transport::Framing;

/// A client about to be made: [`Client::builder`].
#[must_use = "a builder calls nobody"]
pub struct ClientBuilder {
    /// The target as it was given.
    text: String,
    target: Target,
    name: String,
    limits: Limits,
    framing: Framing,
    make_picker: Option<MakePicker>,
    security: Security,
    surroundings: Surroundings,
    metrics: Switch,
    protection: ClientProtection,
}

impl ClientBuilder {
    pub(super) fn new(target: &str) -> Self {
        Self::of(target.into(), Target::parse(target))
    }

    pub(super) fn resolved_by(resolver: impl Resolver) -> Self {
        Self::of(resolver.target(), Target::Resolved(Arc::new(resolver)))
    }

    fn of(text: String, target: Target) -> Self {
        Self {
            security: Security::of_target(&text),
            text,
            target,
            name: String::new(),
            limits: Limits::default(),
            framing: Framing::default(),
            make_picker: None,
            surroundings: Surroundings::default(),
            metrics: Switch::default(),
            protection: ClientProtection::default(),
        }
    }

    /// Has a [`Picker`] choose the endpoint of each call, instead of the client's own choice (the power of two choices on
    /// latency and calls in flight). `make` is called with each list of endpoints that is found.
    pub fn picker(mut self, make: impl Fn(&[Endpoint]) -> Box<dyn Picker> + Send + Sync + 'static) -> Self {
        self.make_picker = Some(Arc::new(make));
        self
    }

    /// Sets what frames have beyond their plain form, to and from servers that want it, too.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets which of its mechanisms of protection act; without, all of them do.
    pub fn protection(mut self, protection: ClientProtection) -> Self {
        self.protection = protection;
        self
    }

    /// Sets the name that its hello gives to servers, for their logs; what is beyond 256 bytes is cut off.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the name, the limits, the framing and the protection that a configuration gives, and, with the feature `tls`, what it says of TLS: files are read now,
    /// and where one is at fault every request says so.
    pub fn config(mut self, config: &Config) -> Self {
        self.security.configure(config);
        self.metrics.configure(config);
        self.protection(config.client_protection())
            .name(config.client_name())
            .limits(config.limits())
            .framing(config.framing())
    }

    /// Connects over TLS, where an endpoint is one of TCP. On a Unix socket nothing changes: it stays on its machine, and its file says
    /// who may serve there.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ClientTls) -> Self {
        self.security.trust(tls);
        self
    }

    /// Has every request pass `interceptor`, after those that were added before it.
    pub fn interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.surroundings.interceptors.push(interceptor);
        self
    }

    /// Tells `monitor` what happens, after those that were added before it.
    pub fn monitor(mut self, monitor: impl Monitor) -> Self {
        self.surroundings.hooks.push(Arc::new(monitor));
        self
    }

    /// Has it count in `metrics`, instead of those of the process.
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = Switch::Own(metrics);
        self
    }

    /// Has it count nothing.
    pub fn without_metrics(mut self) -> Self {
        self.metrics = Switch::Off;
        self
    }

    /// A client that is connected. A connection that is lost later is opened again by the next request.
    ///
    /// # Errors
    /// UNAVAILABLE with the layer connect or handshake: nobody listens there, or somebody who does not speak svrkit.
    /// DEADLINE_EXCEEDED: a resolver has named no endpoint within `deadline.default`.
    pub async fn connect(self) -> Result<Client, Status> {
        let client = self.lazy();
        client.0.pool.connect().await.map_err(|status| client.name(status))?;
        Ok(client)
    }

    /// A client that connects when the first request needs it.
    #[must_use]
    pub fn lazy(mut self) -> Client {
        self.surroundings.metrics = self.metrics.metrics(&self.limits);
        let (hooks, metrics) = (self.surroundings.hooks.clone(), self.surroundings.metrics.clone());
        let announcer = Arc::new(Announcer::new(&self.text, hooks, metrics));
        let ward = Ward::new(self.protection.ejection_mode(), &self.limits, Arc::clone(&announcer));
        let protection = Protection::new(self.protection, self.security.has_tls(), &self.limits, announcer);
        let settings = Settings {
            name: self.name,
            limits: self.limits,
            framing: self.framing,
            hooks: self.surroundings.hooks.clone(),
            metrics: self.surroundings.metrics.clone(),
            make_picker: self.make_picker,
            security: self.security,
            ward,
            protection: self.protection,
        };
        let pool = Pool::new(&self.text, self.target, settings);
        let client = Client::new(self.text, pool, self.surroundings, protection);
        client.0.listing.get_or_init(|| Listing::of(&client));
        client
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("target", &self.text).finish_non_exhaustive()
    }
}
