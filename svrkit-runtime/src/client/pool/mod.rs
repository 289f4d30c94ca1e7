//! The connections of a client: which there are, which one takes a call, which are opened when.
//!
//! A call takes a connection that is there ([`Pool::ready`]: a read lock, a few loads, nothing linear). Only where there is none
//! it waits for one to be opened ([`Pool::connection`]), from endpoint to endpoint until its deadline. Endpoints that are not
//! connected stand in line: while calls go to others, one after another is connected to in the background.
//! *Absent:* repeating calls, and judging endpoints: `protection/` says where no calls go.

mod choosing;
mod connecting;
mod keeping;
mod opening;
mod outcomes;
mod peer;
mod resolving;
mod seen;
mod table;
#[cfg(test)]
mod tests;
mod tried;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::time::Instant;

pub(super) use self::opening::Opened;
pub(super) use self::outcomes::Report;
pub(super) use self::peer::Peer;
use self::resolving::Resolving;
pub(crate) use self::seen::{DialState, Dialed, DialedSeen, RestrainedSeen};
pub(super) use self::table::Entry;
use self::table::{Failure, Table};
use super::backoff::Backoff;
use super::connection::Connection;
use super::in_process::Services;
use super::picker::{MakePicker, Picker};
use super::protection::{ClientProtection, Ward};
use super::resolver::{Endpoint, Resolver, Target};
use super::securing::Security;
use crate::deadline::instant_after;
use crate::limits::Limits;
use crate::metrics::{Metrics, PoolSeries};
use crate::monitor::Hooks;
use crate::status::Status;
use crate::transport::{Address, Framing};

/// The connections of one client.
pub(super) struct Pool {
    settings: Settings,
    source: Source,
    /// Where its connections and who waits for one are counted, if they are.
    counted: Option<PoolSeries>,
    state: RwLock<State>,
    resolving: Resolving,
}

/// What a client was made with.
#[derive(Clone, Default)]
pub(super) struct Settings {
    /// What it calls itself.
    pub(super) name: String,
    pub(super) limits: Limits,
    pub(super) framing: Framing,
    pub(super) hooks: Hooks,
    /// What its connections are counted in, if they are.
    pub(super) metrics: Option<Metrics>,
    pub(super) make_picker: Option<MakePicker>,
    pub(super) security: Security,
    pub(super) ward: Arc<Ward>,
    pub(super) protection: ClientProtection,
}

/// Where the list of endpoints comes from.
enum Source {
    /// It was there from the beginning.
    Fixed,
    Resolver(Arc<dyn Resolver>),
    /// From nowhere: how every request ends.
    Faulty(Status),
    InProcess(Services),
}

struct State {
    table: Table,
    /// Of somebody else's making, where there is one.
    picker: Option<Box<dyn Picker>>,
}

impl Pool {
    /// Those of `target`, whose text is `name`.
    pub(super) fn new(name: &str, target: Target, settings: Settings) -> Arc<Self> {
        let (source, endpoints) = match target {
            Target::Fixed(endpoints) => (Source::Fixed, endpoints),
            Target::Resolved(resolver) => (Source::Resolver(resolver), Vec::new()),
            Target::Faulty(status) => (Source::Faulty(status), Vec::new()),
        };
        let counted = settings.metrics.as_ref().map(|metrics| PoolSeries::of(metrics, name));
        Self::with(source, counted, endpoints, settings)
    }

    pub(super) fn in_process(services: Services, limits: Limits) -> Arc<Self> {
        let endpoint = Endpoint::new(Address::InProcess);
        let settings = Settings { limits, ..Settings::default() };
        Self::with(Source::InProcess(services), None, vec![endpoint], settings)
    }

    fn with(
        source: Source,
        counted: Option<PoolSeries>,
        endpoints: Vec<Endpoint>,
        settings: Settings,
    ) -> Arc<Self> {
        let table = Table::new(Arc::clone(&settings.ward));
        let state = RwLock::new(State { table, picker: None });
        let pool = Arc::new(Self { settings, source, counted, state, resolving: Resolving::default() });
        if !endpoints.is_empty() {
            pool.set(endpoints);
        }
        pool
    }

    /// Whether there is more than one endpoint.
    pub(super) fn has_others(&self) -> bool {
        self.read().table.entries().len() > 1
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    fn opened(&self, peer: &Arc<Peer>, connection: &Arc<Connection>) -> bool {
        self.write().table.opened(peer, connection)
    }

    fn failed(&self, peer: &Arc<Peer>, why: &Status) {
        let mut state = self.write();
        let Some(index) = state.table.index_of(peer) else { return };
        let failures = state.table.entries()[index].failures().saturating_add(1);
        let limits = self.limits();
        let backoff = Backoff { min: limits.client_backoff_min, max: limits.client_backoff_max };
        let until = instant_after(backoff.wait(failures));
        state.table.failed(peer, Failure { at: Instant::now(), until, why: why.clone() });
    }

    fn forsaken(&self, peer: &Arc<Peer>) {
        self.write().table.forsaken(peer, Instant::now());
    }

    /// A connection takes no calls any more; its endpoint need not be connected to for `idle`.
    fn ended(&self, peer: &Arc<Peer>, connection: *const Connection, idle: Duration) {
        let ended = self.write().table.ended(peer, connection, instant_after(idle));
        // Not under the lock: it may be its last handle.
        drop(ended);
    }

    /// Takes a new list of endpoints. Of the same address the first counts: for a picker as well, whose numbers are those of
    /// the table.
    fn set(&self, mut endpoints: Vec<Endpoint>) {
        let mut addresses = HashSet::with_capacity(endpoints.len());
        endpoints.retain(|endpoint| addresses.insert(endpoint.address().clone()));
        let picker = self.settings.make_picker.as_ref().map(|make| make(&endpoints));
        let mut state = self.write();
        let left = state.table.set(endpoints, Instant::now());
        state.picker = picker;
        drop(state);
        left.iter().for_each(|connection| connection.link.leave());
    }

    /// Each change under the lock is a few operations of the table, none of which panics: a poisoned one is whole.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}
