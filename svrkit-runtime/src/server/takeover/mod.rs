//! Hot restart: the listening socket passes from a server to its successor, another process on the same machine.
//!
//! A server that may be taken over listens at a Unix socket for its successors ([`succession`]); one that starts looks there first
//! ([`predecessor`]). The successor gets both sockets, starts up, accepts, and says so; then its predecessor accepts no more, lets its callers
//! go and ends. There is one queue of connections all the time, so none of them is refused or lost, and until the successor serves the
//! predecessor does, whatever happens to the other.
//!
//! Client connections do not move: they are told to leave, and their clients open the next ones here (`server/drain.rs`).

mod channel;
mod control;
mod error;
mod message;
mod predecessor;
mod succession;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

pub use error::TakeoverError;

use self::control::ControlSocket;
use self::predecessor::Predecessor;
use self::succession::Succession;
use super::{ServeError, Server};
use crate::health::Health;
use crate::limits::Limits;
use crate::log::{self, Event};
use crate::race::before;
use crate::task;
use crate::transport::{Address, Listener, Socket};

/// Between two looks at whether this server is ready to follow its predecessor.
const READINESS_REST: Duration = Duration::from_millis(50);

impl Server {
    /// Takes over from the server that waits for its successor at `path`, and waits there for its own: hot restart.
    ///
    /// `path` is that of a Unix socket which only this user may connect to. Where a server answers there, [`Self::bind`] gets its listening
    /// socket, if it has the same address, and else listens itself. Once this one is [ready](Health::readiness_check) it accepts, and
    /// the other accepts no more, lets its callers go and ends: no connection is refused, no call fails. If this one ends before that, the
    /// other serves on as if nothing had been. Each server of a process has a path of its own.
    ///
    /// The `server.takeover` of a configuration does the same. A [`TestServer`](crate::testing::TestServer) takes no notice of it.
    pub fn takeover(mut self, path: impl Into<PathBuf>) -> Self {
        self.takeover = Some(path.into());
        self
    }

    /// Does the same where a configuration names a path.
    pub(super) fn configure_takeover(&mut self, path: Option<&str>) {
        self.takeover = path.map(PathBuf::from).or(self.takeover.take());
    }

    pub(crate) fn without_takeover(mut self) -> Self {
        self.takeover = None;
        self
    }
}

/// What a server has of its takeovers until it serves: the one before it, and where the next one will ask.
#[derive(Debug)]
pub(super) struct Takeover {
    predecessor: Option<Predecessor>,
    /// The address that it serves, as it was given.
    address: String,
    control: ControlSocket,
    health: Health,
    limits: Limits,
}

impl Takeover {
    /// Has the sockets of the server that waits at `path` for its successor; those that it has not are made.
    pub(super) async fn bind(
        path: &Path,
        address: &Address,
        health: Health,
        limits: Limits,
    ) -> Result<(Listener, Address, Self), ServeError> {
        let failed = |error| ServeError::Takeover { path: path.into(), error };
        #[cfg(feature = "simulation")]
        if crate::simulation::Process::current().is_some() {
            return Err(failed(TakeoverError::Simulated));
        }
        let found = Predecessor::find(path, &limits).await.map_err(failed)?;
        let (predecessor, service, control) = match found {
            Some((predecessor, sockets)) => {
                let control = ControlSocket::passed(sockets.control, path);
                let service = passed(sockets.service, &sockets.address, address).await;
                (Some(predecessor), service, Some(control))
            }
            None => (None, None, None),
        };
        let (listener, local) = match service {
            Some(service) => service,
            None => Listener::bind(address)
                .await
                .map_err(|error| ServeError::Bind { address: address.to_string(), error })?,
        };
        let control = match control {
            Some(control) => control,
            None => ControlSocket::bind(path).await,
        };
        let control = control.map_err(|error| failed(TakeoverError::Path(error)))?;
        let address = address.to_string();
        Ok((listener, local, Self { predecessor, address, control, health, limits }))
    }

    /// Waits until it is this server's turn to serve: at once where there is no predecessor, else when it is ready or that one is gone.
    pub(super) async fn turn(&mut self) {
        let Some(predecessor) = &mut self.predecessor else { return };
        let name = predecessor.name();
        let _ = before(until_ready(&self.health, &self.limits, &name), predecessor.gone()).await;
    }

    /// Relieves the predecessor of what `listener`, from which connections are accepted by now, has from it. The task ends when a
    /// successor serves in its turn.
    pub(super) async fn succeed(self, listener: Arc<Listener>) -> JoinHandle<()> {
        if let Some(predecessor) = self.predecessor {
            predecessor.relieve().await;
        }
        listener.keep_file(true);
        self.control.keep_file(true);
        self.control.own();
        task::spawn(Succession::new(listener, self.address, self.control, self.limits).run())
    }
}

async fn until_ready(health: &Health, limits: &Limits, predecessor: &str) {
    let mut is_said = false;
    while !health.is_ready(limits.health_timeout).await {
        if !is_said {
            log::line(
                Event::TakeoverWaits,
                &[],
                format_args!("this server is not ready, {predecessor} serves until it is"),
            );
            is_said = true;
        }
        sleep(READINESS_REST).await;
    }
}

/// The predecessor's socket, if it is where this server is to listen.
async fn passed(socket: OwnedFd, given: &str, wanted: &Address) -> Option<(Listener, Address)> {
    let file = match wanted {
        Address::Unix(path) => Some(&**path),
        _ => None,
    };
    let (listener, local) = Listener::passed(socket, file).ok()?;
    let is_wanted = given == wanted.to_string()
        || match wanted {
            Address::Name(name) => {
                let local = local.socket_addr();
                // A name that cannot be looked up fails where it is bound, in words.
                Socket::look_up(name).await.is_ok_and(|found| found.into_iter().any(|it| Some(it) == local))
            }
            wanted => *wanted == local,
        };
    is_wanted.then_some((listener, local))
}
