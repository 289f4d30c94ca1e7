//! The server: services on a listening socket, or in process.
//!
//! [`Server`] gathers services, [`Bound`] has the socket and serves until it is told to stop, then drains.

mod accept;
mod bound;
mod capacity;
mod connection;
mod connections;
mod drain;
mod error;
mod inspected;
mod pace;
mod retirement;
#[cfg(unix)]
mod service_manager;
mod serving;
mod signal;
mod stranger;
#[cfg(all(unix, feature = "takeover"))]
mod takeover;

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::Instant;

pub use bound::Bound;
pub use drain::Drained;
pub use error::ServeError;
pub(crate) use serving::Serving;
#[cfg(all(unix, feature = "takeover"))]
pub use takeover::TakeoverError;

use self::capacity::Capacity;
use self::connection::{Door, Security};
use self::connections::Connections;
#[cfg(all(unix, feature = "takeover"))]
use self::takeover::Takeover;
use crate::admin::{Admin, CallRing};
use crate::admission::{Bounds, Entry, Gate, Load, LoadOfRun, Rules, ServerProtection, Wild};
use crate::client::{Client, Services};
use crate::config::Config;
use crate::dispatch::{Router, Service, ServiceIdTaken};
use crate::health::{Draining, Health, HealthOfRun};
use crate::interceptor::{Chain, Interceptor};
use crate::limits::Limits;
use crate::log;
use crate::metrics::{Metrics, Switch};
use crate::mode::Mode;
use crate::monitor::{Hooks, Monitor};
use crate::monitoring::{self, CountConnections};
use crate::queue::{Queue, Queues};
use crate::reflection;
#[cfg(feature = "tls")]
use crate::tls::ServerTls;
use crate::transport::{Address, Framing, Listener};
use crate::trust::Trust;
use crate::wire::frame::{HELLO_NAME_LEN_MAX, Hello, ServedService};
use crate::wire::prefix;
use crate::wire::tlv::Tlv;

/// Services about to be served. A clone serves the same services.
///
/// ```no_run
/// # async fn run(greeter: impl svrkit_runtime::Service) -> Result<(), svrkit_runtime::ServeError> {
/// use svrkit_runtime::Server;
///
/// Server::new().service(greeter).serve("127.0.0.1:4310").await
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "a server serves nothing until it is bound"]
pub struct Server {
    name: String,
    services: Vec<Arc<dyn Service>>,
    interceptors: Chain,
    hooks: Hooks,
    metrics: Switch,
    limits: Limits,
    admission: Mode,
    protection: ServerProtection,
    /// Whose word it takes.
    trust: Trust,
    framing: Framing,
    health: Health,
    load: Load,
    /// What holds the jobs of queued methods.
    queue: Option<Arc<dyn Queue>>,
    /// Its health is not asked for by callers.
    without_health: bool,
    /// Nobody is told what its schemas say.
    without_reflection: bool,
    /// Its figures are not asked for by callers.
    without_monitoring: bool,
    security: Security,
    admin: Option<Admin>,
    /// What its pages show.
    config: Option<Config>,
    #[cfg(all(unix, feature = "takeover"))]
    takeover: Option<std::path::PathBuf>,
}

/// What the tasks of a server share.
#[derive(Debug)]
struct Shared {
    name: String,
    router: Arc<Router>,
    /// Where calls wait; `None`: nowhere.
    gate: Option<Arc<Gate>>,
    load: Arc<LoadOfRun>,
    queues: Queues,
    /// What calls are held to before that.
    rules: Arc<Rules>,
    /// What watches its callers; `None`: nothing.
    wild: Option<Arc<Wild>>,
    /// Whose word is taken.
    trust: Trust,
    /// What says how important calls are of whom it is not.
    entry: Arc<Entry>,
    hooks: Hooks,
    metrics: Option<Metrics>,
    limits: Limits,
    framing: Framing,
    /// The hello, encoded once.
    hello: Bytes,
    connections: Connections,
    draining: Draining,
    health: HealthOfRun,
    door: Door,
    config: Option<Config>,
    /// Where there are pages that show them.
    calls: Option<Arc<CallRing>>,
    /// Told when a page has asked the server to stop.
    stop_asked: Notify,
}

impl Server {
    /// A server with no services and default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a service: a generated `…Server`, or another implementation of [`Service`].
    pub fn service(mut self, service: impl Service) -> Self {
        self.services.push(Arc::new(service));
        self
    }

    /// Has `queue` hold the jobs of its queued methods, without which a server that has some does not start. A server has one, for all queues of its methods.
    pub fn queue(mut self, queue: impl Queue) -> Self {
        self.queue = Some(Arc::new(queue));
        self
    }

    /// What callers are told of the health of this server, for the program to say.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// How loaded this server is by its tier, for the program to hold by hand.
    #[must_use]
    pub fn load(&self) -> Load {
        self.load.clone()
    }

    /// Leaves out the service [`svrkit.health.Health`](crate::health), which every server has otherwise.
    pub fn without_health(mut self) -> Self {
        self.without_health = true;
        self
    }

    /// Leaves out the service [`svrkit.reflection.Reflection`](crate::reflection), which every server has otherwise; whatever
    /// `server.reflection` says.
    pub fn without_reflection(mut self) -> Self {
        self.without_reflection = true;
        self
    }

    /// Leaves out the service [`svrkit.monitoring.Monitoring`](crate::monitoring), which every server has otherwise; whatever
    /// `server.monitoring` says.
    pub fn without_monitoring(mut self) -> Self {
        self.without_monitoring = true;
        self
    }

    /// Has every call pass `interceptor`, after those that were added before it.
    pub fn interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.push(interceptor);
        self
    }

    /// Tells `monitor` what happens, after those that were added before it.
    pub fn monitor(mut self, monitor: impl Monitor) -> Self {
        self.hooks.push(Arc::new(monitor));
        self
    }

    /// Has it show admin pages at an address of their own: who is connected, which calls were slow or failed, what is configured.
    ///
    /// ```no_run
    /// # async fn run(greeter: impl svrkit_runtime::Service) -> Result<(), svrkit_runtime::ServeError> {
    /// use svrkit_runtime::Server;
    ///
    /// Server::new().service(greeter).admin("127.0.0.1:9310").serve("127.0.0.1:4310").await
    /// # }
    /// ```
    ///
    /// `curl http://127.0.0.1:9310/` lists them. Other machines see them where a token is set: [`Admin`].
    pub fn admin(mut self, admin: impl Into<Admin>) -> Self {
        self.admin = Some(admin.into());
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

    /// Sets the name that its hello gives to peers, for their logs; what is beyond 256 bytes is cut off.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets what frames have beyond their plain form, to and from clients that want it, too.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets what it does with calls beyond what it can do; how it tells which these are, `docs/protection.md` says. On, as without a word, it
    /// refuses the least important; watching, calls wait for handlers, and those that would be refused are counted, and start; off, it takes them
    /// all, and all handlers start at once.
    ///
    /// ```
    /// use svrkit_runtime::{Mode, Server};
    ///
    /// let server = Server::new().admission(Mode::Watching);
    /// assert_eq!(Mode::default(), Mode::On);
    /// ```
    pub fn admission(mut self, admission: Mode) -> Self {
        self.admission = admission;
        self
    }

    /// Sets which rules it holds calls to as they arrive. On, as all are without a word, a rule refuses; watching, it counts what it would refuse; off,
    /// it is not asked.
    pub fn protection(mut self, protection: ServerProtection) -> Self {
        self.protection = protection;
        self
    }

    /// Sets whose word it takes for how important calls are. By itself it takes that of who has proved by a certificate who it is, and of who is on this
    /// machine. Of all others, and of all at an entry, no call is more important than the schema says of its method, and which users go first changes by
    /// the hour.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the name, the limits, the framing and the admin pages that a configuration gives, and leaves reflection and monitoring out where it says so; with the feature
    /// `takeover` where a server waits for its successor; with the feature `tls` what it says of TLS: files are read now, and where one is at fault the
    /// server does not start. Of the whole process it sets the form of the log (`log.json`).
    pub fn config(mut self, config: &Config) -> Self {
        log::configure(config);
        self.security.configure(config);
        self.admission = config.admission();
        self.protection = config.server_protection();
        self.trust = config.trust();
        self.without_reflection |= !config.reflection();
        self.without_monitoring |= !config.monitoring();
        if let Some(admin) = config.admin() {
            self.admin = Some(admin);
        }
        self.config = Some(config.clone());
        self.metrics.configure(config);
        #[cfg(all(unix, feature = "takeover"))]
        self.configure_takeover(config.takeover());
        self.name(config.server_name()).limits(config.limits()).framing(config.framing())
    }

    /// Serves over TLS alone, where it listens on TCP. On a Unix socket nothing changes: it stays on its machine, its file says who may
    /// connect, and nobody has to show a certificate.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ServerTls) -> Self {
        self.security.set(tls);
        self
    }

    /// Listens on `address` as [`Self::bind`] does, says so on stdout, serves until SIGTERM or Ctrl-C, and drains.
    ///
    /// # Errors
    /// [`ServeError`], before anything is served.
    ///
    /// A service manager that asks by `NOTIFY_SOCKET`, as systemd does, is told when it serves and when it stops: see [`Bound::run`].
    pub async fn serve(self, address: impl AsRef<str>) -> Result<(), ServeError> {
        let bound = self.bind(address).await?;
        let words = bound.to_string();
        // Where nobody reads our output any more, serving goes on.
        let say = || drop(writeln!(io::stdout(), "{words}"));
        let drained = bound.run_by_signals(say).await?;
        let _ = writeln!(io::stdout(), "stopped: {drained}");
        Ok(())
    }

    /// Listens on `address` without serving yet: `host:port`, where port 0 lets the system choose, `unix:/path`, or with
    /// the feature `systemd` the socket that systemd passes, `systemd:` or `systemd:NAME` where there are several.
    ///
    /// The file of a Unix socket is removed when serving ends; one that a dead server has left is replaced. Its permissions
    /// are what the umask leaves: who may write to it may connect.
    ///
    /// # Errors
    /// [`ServeError::Bind`] where the address cannot be had, or a server with TLS is bound to the simulated network, which carries none;
    /// [`ServeError::Admin`] where the address of its admin pages cannot be had, [`ServeError::ServiceIdTaken`] for two services of one id,
    /// [`ServeError::QueueMissing`] where methods are queued and nothing holds their jobs, [`ServeError::QueueTaken`] where two have one queue,
    /// `ServeError::Takeover` where another server is to be taken over from and is in the way of it.
    pub async fn bind(self, address: impl AsRef<str>) -> Result<Bound, ServeError> {
        let text = address.as_ref();
        let admin = self.admin.clone();
        let failed = |error| ServeError::Bind { address: text.into(), error };
        #[cfg(all(unix, feature = "takeover"))]
        let (takeover, health, limits) = (self.takeover.clone(), self.health.clone(), self.limits);
        let shared = self.into_shared()?;
        let address: Address =
            text.parse().map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        #[cfg(all(unix, feature = "takeover"))]
        if let Some(path) = takeover {
            let (listener, local, takeover) = Takeover::bind(&path, &address, health, limits).await?;
            return Bound::new(listener, local, shared).in_turn(takeover).show(admin).await;
        }
        let (listener, local) = Listener::bind(&address).await.map_err(failed)?;
        shared.door.fits(&listener).map_err(failed)?;
        Bound::new(listener, local, shared).show(admin).await
    }

    /// A client whose calls go to these services in this process: no socket, the same codec and dispatcher. Jobs of queued methods are done as long as there is a clone of it.
    ///
    /// # Errors
    /// [`ServeError::ServiceIdTaken`] for two services of one id; [`ServeError::NotHeld`] where its configuration says of a method what cannot be;
    /// [`ServeError::QueueMissing`] and [`ServeError::QueueTaken`] of queued methods.
    ///
    /// # Panics
    /// Outside of a tokio runtime, where methods are queued.
    pub fn in_process(self) -> Result<Client, ServeError> {
        let (limits, hooks, metrics) = (self.limits, self.hooks.clone(), self.metrics.metrics(&self.limits));
        let (load, admission) = (self.load.clone(), self.admission);
        let health = self.health_of_run(Draining::default());
        let config = self.config.clone();
        let queues = Queues::of(&self.services, self.queue.clone(), metrics.as_ref())?;
        let router = self.into_router(health, metrics.clone(), &queues, Box::new(|| 0))?;
        // Nobody asks them within the process, but for which handler answers.
        let rules = Rules::new(ServerProtection::off(), &limits, router.specs(), None);
        if let Some(config) = &config {
            rules.configure(config).map_err(ServeError::NotHeld)?;
        }
        let methods = rules.methods();
        let load =
            LoadOfRun::new(&load, admission, limits.tier_hold, methods, hooks.clone(), metrics.as_ref());
        let at_work = Arc::new(queues.start(&limits));
        let services = Services { router: Arc::new(router), hooks, metrics, load, queues, _at_work: at_work };
        Ok(Client::in_process(services, limits))
    }

    fn health_of_run(&self, draining: Draining) -> HealthOfRun {
        let specs = self.services.iter().map(|service| service.spec());
        HealthOfRun::new(self.health.clone(), specs, &self.limits, draining)
    }

    fn into_router(
        mut self,
        health: HealthOfRun,
        metrics: Option<Metrics>,
        queues: &Queues,
        connections: CountConnections,
    ) -> Result<Router, ServiceIdTaken> {
        if !self.without_health {
            self.services.push(health.service());
        }
        if !self.without_monitoring {
            self.services.push(monitoring::served(metrics, connections));
        }
        self.services.extend(queues.service());
        if !self.without_reflection {
            let reflection = reflection::served(self.services.iter().map(|service| service.spec()));
            self.services.push(reflection);
        }
        Router::new(self.services, self.interceptors)
    }

    fn into_shared(mut self) -> Result<Arc<Shared>, ServeError> {
        let (limits, mut hooks, name) = (self.limits, self.hooks.clone(), self.name.clone());
        let metrics = self.metrics.metrics(&limits);
        let (framing, admission, trust) = (self.framing, self.admission, self.trust);
        let (protection, load) = (self.protection, self.load.clone());
        let door = self.security.clone().door(&limits)?;
        let draining = Draining::default();
        let (health, config) = (self.health_of_run(draining.clone()), self.config.take());
        let admin = self.admin.take();
        let connections = Connections::new(Capacity::of(&limits, capacity::descriptors()));
        let count_connections = {
            let connections = connections.clone();
            Box::new(move || connections.count())
        };
        let queues = Queues::of(&self.services, self.queue.take(), metrics.as_ref())?;
        let router = self.into_router(health.clone(), metrics.clone(), &queues, count_connections)?;
        let router = Arc::new(router);
        let rules = Rules::new(protection, &limits, router.specs(), metrics.as_ref());
        if let Some(config) = &config {
            rules.configure(config).map_err(ServeError::NotHeld)?;
        }
        let rules = Arc::new(rules);
        let entry = Arc::new(Entry::new(Instant::now()));
        let methods = rules.methods();
        let load =
            LoadOfRun::new(&load, admission, limits.tier_hold, methods, hooks.clone(), metrics.as_ref());
        let gate = Gate::new(admission, bounds(&limits), &router, methods, &load, metrics.as_ref());
        let calls = admin.map(|_| Arc::new(CallRing::new(router.specs(), &limits)));
        if let Some(calls) = &calls {
            hooks.push(Arc::clone(calls) as Arc<dyn Monitor>);
        }
        let wild = Wild::new(protection, &limits, &router, &hooks, metrics.as_ref());
        let services = router.specs().map(|spec| ServedService {
            id: spec.id,
            name: spec.name.into(),
            fingerprint: spec.fingerprint,
            ..ServedService::default()
        });
        let hello = Hello {
            name: prefix(&name, HELLO_NAME_LEN_MAX).into(),
            message_in: Some(limits.message_in),
            metadata_bytes: Some(limits.metadata_bytes.into()),
            calls_in_flight: Some(limits.calls_in_flight),
            features: framing.features(),
            stream_window: Some(limits.stream_window),
            connection_window: Some(limits.connection_window),
            services: services.collect(),
            ..Hello::default()
        };
        let hello = hello.encode().expect("a hello of short names is far below message.out").into();
        Ok(Arc::new(Shared {
            name,
            router,
            gate,
            load,
            queues,
            rules,
            wild,
            trust,
            entry,
            hooks,
            metrics,
            limits,
            framing,
            hello,
            connections,
            draining,
            health,
            door,
            config,
            calls,
            stop_asked: Notify::new(),
        }))
    }
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        wait_max: limits.queue_wait,
        queue_max: limits.queue_calls,
        running_max: limits.handlers_running,
        // Of the runtime that it is bound in, which is the one that serves.
        threads: Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers() as u32),
    }
}

/// A server of one service.
impl<S: Service> From<S> for Server {
    fn from(service: S) -> Self {
        Self::new().service(service)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let services: Vec<_> = self.services.iter().map(|service| service.spec().name).collect();
        f.debug_struct("Server")
            .field("name", &self.name)
            .field("services", &services)
            .finish_non_exhaustive()
    }
}
