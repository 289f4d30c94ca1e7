//! The port of the pages: accepted there, a task for each request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, RwLock, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::access::Access;
use super::answering::Answering;
use super::calls::CallRing;
use super::history::History;
use super::http::{Bounds, Exchange, HttpStatus, Response};
use super::pages::Pages;
use super::settings::Admin;
use super::{AdminError, Subject};
use crate::limits::Limits;
use crate::log::{self, Event};
use crate::task;
use crate::transport::{Address, Listener, Socket};

/// Rest after a failed accept, as for connections of calls.
const REST_AFTER_ERROR: Duration = Duration::from_millis(10);

/// Clients at once that are told that there is no room.
const FAREWELLS_MAX: usize = 16;

/// What answers under way get when the server ends.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// A port that pages are about to be shown on.
#[derive(Debug)]
pub(crate) struct AdminListener {
    listener: Listener,
    local: SocketAddr,
    admin: Admin,
}

impl AdminListener {
    /// Listens where `admin` says, if it may be shown there; `beside` the server before this one, if there is to be one.
    ///
    /// # Errors
    /// [`AdminError`]: nothing listens then.
    pub(crate) async fn bind(admin: Admin, beside: bool) -> Result<Self, AdminError> {
        admin.check_token()?;
        let address: Address = admin.listen.parse().map_err(|_| AdminError::Address)?;
        if !matches!(address, Address::Tcp(_) | Address::Name(_)) {
            return Err(AdminError::Address);
        }
        let bound = match beside {
            true => Listener::bind_beside(&address).await,
            false => Listener::bind(&address).await,
        };
        let (listener, local) = bound.map_err(AdminError::Bind)?;
        let Address::Tcp(local) = local else { return Err(AdminError::Address) };
        if admin.token.is_none() && !local.ip().is_loopback() {
            return Err(AdminError::TokenMissing);
        }
        Ok(Self { listener, local, admin })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Shows `subject` and its `calls` from here on.
    pub(crate) fn serve(
        self,
        subject: Arc<dyn Subject>,
        calls: Arc<CallRing>,
        limits: &Limits,
    ) -> AdminServing {
        let pages = format!("http://{}/", self.local);
        log::line(Event::PagesShown, &[("pages", &pages)], format_args!("admin pages at {pages}"));
        let history = subject.metrics().map(|metrics| Arc::new(History::new(metrics.clone())));
        let shared = Arc::new(Shared {
            answering: Answering {
                access: Access::new(self.admin.token, self.local.port()),
                pages: Pages::of(subject, calls, history.as_ref()),
            },
            bounds: Bounds { head_len_max: limits.admin_head, timeout: limits.admin_timeout },
            connections_max: limits.admin_connections,
            places: Arc::new(Semaphore::new(limits.admin_connections)),
            farewells: Arc::new(Semaphore::new(FAREWELLS_MAX)),
            under_way: RwLock::new(()),
        });
        let accepting = task::spawn(accept(self.listener, Arc::clone(&shared)));
        let keeping = history.map(|history| task::spawn(async move { history.keep().await }));
        AdminServing { accepting, keeping, shared }
    }
}

/// Pages that are shown. Dropping it closes their port.
#[derive(Debug)]
pub(crate) struct AdminServing {
    accepting: JoinHandle<()>,
    /// Looks at figures from time to time.
    keeping: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl AdminServing {
    /// Closes the port, and lets answers that are under way be read: whoever had the server stop is told so.
    pub(crate) async fn end(self) {
        self.accepting.abort();
        let _ = timeout(LAST_ANSWERS, self.shared.under_way.write()).await;
    }
}

impl Drop for AdminServing {
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some(keeping) = &self.keeping {
            keeping.abort();
        }
    }
}

/// What the tasks of the pages share.
#[derive(Debug)]
struct Shared {
    answering: Answering,
    bounds: Bounds,
    connections_max: usize,
    places: Arc<Semaphore>,
    farewells: Arc<Semaphore>,
    /// Read while an answer is on its way.
    under_way: RwLock<()>,
}

async fn accept(listener: Listener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok(socket) => start(socket, &shared),
            Err(_) => sleep(REST_AFTER_ERROR).await,
        }
    }
}

fn start(socket: Socket, shared: &Arc<Shared>) {
    let exchange = Exchange::new(socket, shared.bounds);
    if let Ok(place) = Arc::clone(&shared.places).try_acquire_owned() {
        task::spawn(answer(exchange, place, Arc::clone(shared)));
    } else if let Ok(place) = Arc::clone(&shared.farewells).try_acquire_owned() {
        let max = shared.connections_max;
        task::spawn(turn_away(exchange, place, max));
    }
}

async fn answer(mut exchange: Exchange, _place: OwnedSemaphorePermit, shared: Arc<Shared>) {
    let Some(request) = exchange.request().await else { return };
    {
        let _under_way = shared.under_way.read().await;
        let response = match request {
            Ok(request) => shared.answering.answer(request).await,
            Err(refusal) => refusal.into(),
        };
        exchange.answer(&response).await;
    }
    exchange.close().await;
}

async fn turn_away(mut exchange: Exchange, _place: OwnedSemaphorePermit, max: usize) {
    let words = format!("{max} at once are answered here, try again (admin.connections)");
    exchange.answer(&Response::text(HttpStatus::UNAVAILABLE, words)).await;
    exchange.close().await;
}
