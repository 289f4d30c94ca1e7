//! A server that has its address: from there to its end.

use std::fmt;
use std::future::pending;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use super::inspected::Inspected;
#[cfg(unix)]
use super::service_manager::ServiceManager;
#[cfg(unix)]
use super::serving::End;
use super::serving::Serving;
use super::signal::StopSignals;
#[cfg(all(unix, feature = "takeover"))]
use super::takeover::Takeover;
use super::{Drained, ServeError, Shared};
use crate::admin::{Admin, AdminListener, AdminServing};
use crate::admission::ServerRules;
use crate::log::{self, Event};
use crate::race::before;
use crate::transport::{Address, Listener};

/// A server that has its address and is about to serve.
///
/// Shown as `serving shop.Orders on 127.0.0.1:4310`.
#[derive(Debug)]
#[must_use = "a bound server serves nothing until it is run"]
pub struct Bound {
    listener: Listener,
    local: Address,
    shared: Arc<Shared>,
    admin: Option<AdminListener>,
    #[cfg(all(unix, feature = "takeover"))]
    takeover: Option<Takeover>,
}

impl Bound {
    pub(super) fn new(listener: Listener, local: Address, shared: Arc<Shared>) -> Self {
        Self {
            listener,
            local,
            shared,
            admin: None,
            #[cfg(all(unix, feature = "takeover"))]
            takeover: None,
        }
    }

    /// Has it wait for its turn to serve, and for its successor then.
    #[cfg(all(unix, feature = "takeover"))]
    pub(super) fn in_turn(self, takeover: Takeover) -> Self {
        Self { takeover: Some(takeover), ..self }
    }

    /// Has it show its admin pages, if it is to have some.
    pub(super) async fn show(mut self, admin: Option<Admin>) -> Result<Self, ServeError> {
        let Some(admin) = admin else { return Ok(self) };
        let address = admin.listen().to_owned();
        let listener = AdminListener::bind(admin, self.follows()).await;
        self.admin = Some(listener.map_err(|error| ServeError::Admin { address, error })?);
        Ok(self)
    }

    /// Whether it may find a server that goes when this one serves.
    #[cfg(all(unix, feature = "takeover"))]
    fn follows(&self) -> bool {
        self.takeover.is_some()
    }

    #[cfg(not(all(unix, feature = "takeover")))]
    #[expect(clippy::unused_self, reason = "with the feature it looks")]
    fn follows(&self) -> bool {
        false
    }

    /// The address it listens on, in the form that a client takes: `127.0.0.1:4310` or `unix:/run/shop.sock`.
    #[must_use]
    pub fn local_addr(&self) -> &Address {
        &self.local
    }

    /// The address of its admin pages: `http://` and this is what a browser takes. `None`: it has none.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(AdminListener::local_addr)
    }

    /// What its methods are held to, to be changed while it serves.
    #[must_use]
    pub fn rules(&self) -> ServerRules {
        ServerRules::new(&self.shared.rules, self.shared.gate.as_ref())
    }

    /// Serves until SIGTERM or Ctrl-C, or the page `/drain` asks for it, then drains. A second signal cuts the drain short.
    ///
    /// Where the environment names a service manager (`NOTIFY_SOCKET`), it is told when calls are taken (`READY=1`) and when the server is
    /// asked to stop (`STOPPING=1`). One that is taken over from says no more: its successor may be the same service's.
    ///
    /// # Errors
    /// [`ServeError::Signals`] where signals cannot be waited for; nothing was served then.
    pub async fn run(self) -> Result<Drained, ServeError> {
        self.run_by_signals(|| ()).await
    }

    /// The same, with `tell` called when it serves.
    pub(super) async fn run_by_signals(self, tell: impl FnOnce()) -> Result<Drained, ServeError> {
        let mut signals = StopSignals::new().map_err(ServeError::Signals)?;
        #[cfg(unix)]
        let manager = ServiceManager::of_process();
        let (status, address) = (self.to_string(), self.local.to_string());
        let Some(mut serving) = before(self.start_in_turn(), signals.next()).await else {
            return Ok(Drained::default());
        };
        tell();
        log_started(&status, &address);
        #[cfg(unix)]
        manager.ready(&status).await;
        let end = serving.until(signals.next()).await;
        #[cfg(unix)]
        if end == End::Stopped {
            manager.stopping().await;
        }
        Ok(serving.end(end, signals.next()).await)
    }

    /// Serves until `stop` is ready or the page `/drain` asks for it, then drains. Dropping the future stops serving without a drain.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Drained {
        let mut stop = pin!(stop);
        let (status, address) = (self.to_string(), self.local.to_string());
        let Some(mut serving) = before(self.start_in_turn(), stop.as_mut()).await else {
            return Drained::default();
        };
        log_started(&status, &address);
        let end = serving.until(stop).await;
        serving.end(end, pending()).await
    }

    /// Starts at once, and lets nobody take over.
    pub(crate) fn start(mut self) -> Serving {
        let admin = self.start_admin();
        Serving::start(Arc::new(self.listener), self.shared, admin)
    }

    /// Before calls are: while it waits for its turn it can be looked at.
    fn start_admin(&mut self) -> Option<AdminServing> {
        let listener = self.admin.take()?;
        let calls = self.shared.calls.clone()?;
        let inspected = Inspected::new(Arc::clone(&self.shared), self.local.clone());
        Some(listener.serve(inspected, calls, &self.shared.limits))
    }

    /// Starts at once, or when it is to follow its predecessor.
    #[cfg(all(unix, feature = "takeover"))]
    async fn start_in_turn(mut self) -> Serving {
        let Some(mut takeover) = self.takeover.take() else { return self.start() };
        let admin = self.start_admin();
        takeover.turn().await;
        let listener = Arc::new(self.listener);
        let mut serving = Serving::start(Arc::clone(&listener), self.shared, admin);
        serving.set_succession(takeover.succeed(listener).await);
        serving
    }

    #[cfg(not(all(unix, feature = "takeover")))]
    async fn start_in_turn(self) -> Serving {
        self.start()
    }
}

fn log_started(status: &str, address: &str) {
    log::line(Event::ServerStarted, &[("address", address)], format_args!("{status}"));
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            self.shared.router.specs().filter(|spec| !spec.is_kit()).map(|spec| spec.name).collect();
        write!(f, "serving {} on {}", names.join(", "), self.local)
    }
}
