//! The connections of a client: which there are, which one takes a call, which are opened when.
//!
//! A call takes a connection that is there ([`Pool::ready`]: a read lock, a few loads, nothing linear). Only where there is none
//! it waits for one to be opened ([`Pool::connection`]), from endpoint to endpoint until its deadline. Endpoints that are not
//! connected stand in line: while calls go to others, one after another is connected to in the background.
//! *Absent:* repeating calls, and judging endpoints by more than their load.

mod backoff;
mod keeping;
mod opening;
mod outcomes;
mod peer;
mod resolving;
mod table;
mod tried;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub(super) use self::opening::Opened;
use self::opening::Opening;
pub(super) use self::outcomes::Report;
pub(super) use self::peer::Peer;
use self::resolving::Resolving;
pub(super) use self::table::Entry;
use self::table::{Failure, Table};
use self::tried::Tried;
use super::connection::Connection;
use super::picker::{Attempt, MakePicker, Picker, p2c};
use super::resolver::{Endpoint, Resolver, Target};
use crate::deadline::instant_after;
use crate::dispatch::Router;
use crate::limits::Limits;
use crate::monitor::Hooks;
use crate::random;
use crate::status::{Retry, Status};
use crate::transport::Address;

/// The connections of one client.
pub(super) struct Pool {
    settings: Settings,
    source: Source,
    state: RwLock<State>,
    resolving: Resolving,
}

/// What a client was made with.
pub(super) struct Settings {
    /// What it calls itself.
    pub(super) name: String,
    pub(super) limits: Limits,
    pub(super) hooks: Hooks,
    pub(super) make_picker: Option<MakePicker>,
}

/// Where the list of endpoints comes from.
enum Source {
    /// It was there from the beginning.
    Fixed,
    Resolver(Arc<dyn Resolver>),
    /// From nowhere: how every request ends.
    Faulty(Status),
    /// The services, and who is told of their calls.
    InProcess(Arc<Router>, Hooks),
}

struct State {
    table: Table,
    /// Of somebody else's making, where there is one.
    picker: Option<Box<dyn Picker>>,
}

/// What a request without a connection does next.
enum Next {
    Take(Arc<Connection>),
    Join(Arc<Peer>, Opening),
    /// All are left alone for a while; why the first of them is.
    Rest(Instant, Status),
    Nothing,
}

impl Pool {
    pub(super) fn new(target: Target, settings: Settings) -> Arc<Self> {
        let (source, endpoints) = match target {
            Target::Fixed(endpoints) => (Source::Fixed, endpoints),
            Target::Resolved(resolver) => (Source::Resolver(resolver), Vec::new()),
            Target::Faulty(status) => (Source::Faulty(status), Vec::new()),
        };
        Self::with(source, endpoints, settings)
    }

    pub(super) fn in_process(router: Arc<Router>, hooks: Hooks, limits: Limits) -> Arc<Self> {
        let endpoint = Endpoint::new(Address::InProcess);
        let settings = Settings { name: String::new(), limits, hooks: Hooks::default(), make_picker: None };
        Self::with(Source::InProcess(router, hooks), vec![endpoint], settings)
    }

    fn with(source: Source, endpoints: Vec<Endpoint>, settings: Settings) -> Arc<Self> {
        let state = RwLock::new(State { table: Table::default(), picker: None });
        let pool = Arc::new(Self { settings, source, state, resolving: Resolving::default() });
        if !endpoints.is_empty() {
            pool.set(endpoints);
        }
        pool
    }

    pub(super) fn is_in_process(&self) -> bool {
        matches!(self.source, Source::InProcess(..))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    /// A connection for a call, if there is one that takes it.
    pub(super) fn ready(self: &Arc<Self>, attempt: Option<&Attempt<'_>>) -> Option<Arc<Connection>> {
        self.note_use();
        let state = self.read();
        let (chosen, is_due) = match (&state.picker, attempt, state.table.entries()) {
            (None, _, [only]) => (Some(only), false),
            (Some(picker), Some(attempt), [_, ..]) => match picker.pick(attempt, &state.table.candidates()) {
                Some(index) if index < state.table.entries().len() => {
                    (Some(&state.table.entries()[index]), false)
                }
                _ => self.choose(&state.table, Some(attempt)),
            },
            _ => self.choose(&state.table, attempt),
        };
        let connection = chosen.and_then(Entry::connection).cloned();
        let max = self.limits().client_connections;
        let wanting = chosen
            .filter(|entry| max > 1 && connection.is_some() && entry.wants_another(max))
            .map(|entry| Arc::clone(entry.peer()));
        drop(state);
        if is_due {
            self.open_next();
        }
        if let Some(peer) = wanting {
            self.open_wanted(&peer);
        }
        connection
    }

    /// The endpoint for a call among the connected ones, and whether it is time to connect to another one as well.
    fn choose<'a>(&self, table: &'a Table, attempt: Option<&Attempt<'_>>) -> (Option<&'a Entry>, bool) {
        let (open, candidates, now) = (table.open(), table.candidates(), Instant::now());
        let load = |at: usize| {
            let entry = &table.entries()[open[at]];
            let tried = attempt.is_some_and(|attempt| attempt.has_tried(&candidates.get(open[at])));
            (!tried && entry.connection().is_some()).then(|| entry.load(now))
        };
        let chosen = p2c::choose(open.len(), random::next, load)
            .or_else(|| (0..open.len()).find(|at| load(*at).is_some()));
        // Without any, the request itself sees to it.
        let is_due = chosen.is_some() && self.due(table, now).is_some();
        (chosen.map(|at| &table.entries()[open[at]]), is_due)
    }

    /// The endpoint that is to be connected to in the background.
    fn due(&self, table: &Table, now: Instant) -> Option<usize> {
        let (from, index) = table.line().next()?;
        (from <= now && table.opening().len() < self.limits().client_opening).then_some(index)
    }

    /// A connection for a call, opened if need be: from one endpoint to the next until one takes it. Those that are slow are
    /// not given up, only not waited for alone.
    ///
    /// Where all were left alone after failures, one is tried all the same: the first in line, `client.backoff.min` after its
    /// last failure at the latest. A request that ends before that ends now, as that failure did.
    pub(super) async fn connection(
        self: &Arc<Self>,
        attempt: Option<Attempt<'_>>,
        deadline: Option<Instant>,
    ) -> Opened {
        self.list().await?;
        let mut tried = Tried::default();
        let mut rested = false;
        loop {
            if let Some(connection) = self.ready(attempt.as_ref()) {
                return Ok(connection);
            }
            match self.next(attempt, &tried, rested) {
                Next::Take(connection) => return Ok(connection),
                Next::Join(peer, opening) => {
                    let patience = self.limits().connect_timeout;
                    if let Some(connection) = tried.join(peer, opening, patience).await {
                        return Ok(connection);
                    }
                }
                Next::Rest(until, why) => {
                    if deadline.is_some_and(|deadline| deadline <= until) {
                        let wait = until.saturating_duration_since(Instant::now());
                        return Err(why.retry(Retry::After(wait)));
                    }
                    sleep_until(until).await;
                    rested = true;
                }
                Next::Nothing => break,
            }
        }
        if let Some(connection) = tried.last().await {
            return Ok(connection);
        }
        // Better where the request was before than nowhere.
        if let Some(connection) = self.ready(attempt.map(|attempt| attempt.after(&[])).as_ref()) {
            return Ok(connection);
        }
        self.press();
        Err(tried.into_status(&self.target(), self.read().table.entries().len()))
    }

    fn next(self: &Arc<Self>, attempt: Option<Attempt<'_>>, tried: &Tried, rested: bool) -> Next {
        let state = self.write();
        let now = Instant::now();
        if let Some(index) = attempt.and_then(|attempt| self.picked(&state, attempt, tried, now)) {
            if let Some(connection) = state.table.entries()[index].connection() {
                return Next::Take(Arc::clone(connection));
            }
            return self.join(state, index);
        }
        let table = &state.table;
        // Nothing that a picker wants can be had.
        let (other, _) = self.choose(table, attempt.as_ref());
        if let Some(connection) = other.and_then(Entry::connection) {
            return Next::Take(Arc::clone(connection));
        }
        let is_new = |index: &usize| !tried.contains(table.entries()[*index].peer());
        let due = table.line().take_while(|(from, _)| *from <= now).map(|(_, index)| index).find(is_new);
        let begun = || table.opening().iter().copied().find(is_new);
        // Lost just now, and not yet let go of.
        let lost = || {
            let is_lost = |index: &usize| table.entries()[*index].connection().is_none();
            table.open().iter().copied().filter(is_lost).find(is_new)
        };
        // Only not needed, and as good as any when those that are needed fail.
        let unneeded = || table.rested().find(is_new);
        if let Some(index) = due.or_else(begun).or_else(lost).or_else(unneeded) {
            return self.join(state, index);
        }
        let Some((from, index)) = table.line().next().filter(|_| tried.peers().is_empty()) else {
            return Next::Nothing;
        };
        match table.entries()[index].failure() {
            Some(failure) if !rested => {
                let patience = failure.at.checked_add(self.limits().client_backoff_min).unwrap_or(from);
                let until = from.min(patience);
                if until <= now { self.join(state, index) } else { Next::Rest(until, failure.why.clone()) }
            }
            // It was waited for.
            Some(_) | None => self.join(state, index),
        }
    }

    /// What a picker of somebody else's chooses, endpoints that are left alone after a failure left out.
    fn picked(&self, state: &State, attempt: Attempt<'_>, tried: &Tried, now: Instant) -> Option<usize> {
        let picker = state.picker.as_ref()?;
        let mut left_out = tried.peers().to_vec();
        for _ in 0..PICKS_MAX {
            let index = picker.pick(&attempt.after(&left_out), &state.table.candidates())?;
            let entry = state.table.entries().get(index)?;
            let left_alone = || entry.failure().is_some_and(|failure| failure.until > now);
            let is_out = left_out.iter().any(|peer| Arc::ptr_eq(peer, entry.peer()));
            match entry.connection() {
                Some(_) => return Some(index),
                None if is_out => return None,
                None if left_alone() => left_out.push(Arc::clone(entry.peer())),
                None => return Some(index),
            }
        }
        None
    }

    /// Waits for a connection to an endpoint: the one that is being opened, or a new one.
    fn join(self: &Arc<Self>, mut state: RwLockWriteGuard<'_, State>, index: usize) -> Next {
        let entry = &state.table.entries()[index];
        let peer = Arc::clone(entry.peer());
        if let Some(opening) = entry.opening() {
            return Next::Join(peer, opening.clone());
        }
        let (opening, task) = opening::begin(Arc::downgrade(self), Arc::clone(&peer));
        state.table.begin(index, opening.clone());
        drop(state);
        // Not under the lock: a runtime that is about to end drops the task at once, which tells the pool.
        tokio::spawn(task);
        Next::Join(peer, opening)
    }

    /// Connects to the first in line, if it is its time.
    fn open_next(self: &Arc<Self>) {
        let state = self.write();
        if let Some(index) = self.due(&state.table, Instant::now()) {
            self.join(state, index);
        }
    }

    /// Opens one more connection to an endpoint if it wants one still: meanwhile somebody else may have.
    fn open_wanted(self: &Arc<Self>, peer: &Arc<Peer>) {
        let (state, max) = (self.write(), self.limits().client_connections);
        let wants = |index: &usize| state.table.entries()[*index].wants_another(max);
        if let Some(index) = state.table.index_of(peer).filter(wants) {
            self.join(state, index);
        }
    }

    /// Opens one more connection to an endpoint that has some, in place of one of them. `None`: it is no longer on the list.
    fn open_another(self: &Arc<Self>, peer: &Arc<Peer>) -> Option<Opening> {
        let state = self.write();
        let index = state.table.index_of(peer)?;
        match self.join(state, index) {
            Next::Join(_, opening) => Some(opening),
            Next::Take(_) | Next::Rest(..) | Next::Nothing => None,
        }
    }

    fn opened(&self, peer: &Arc<Peer>, connection: &Arc<Connection>) -> bool {
        self.write().table.opened(peer, connection)
    }

    fn failed(&self, peer: &Arc<Peer>, why: &Status) {
        let mut state = self.write();
        let Some(index) = state.table.index_of(peer) else { return };
        let failures = state.table.entries()[index].failures().saturating_add(1);
        let until = instant_after(backoff::wait(failures, self.limits()));
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

/// How often a picker is asked for another endpoint before the client chooses.
const PICKS_MAX: usize = 8;

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::client::in_process;
    use crate::interceptor::Chain;
    use crate::server::Server;

    fn pool(target: &str, limits: Limits) -> Arc<Pool> {
        let settings = Settings { name: String::new(), limits, hooks: Hooks::default(), make_picker: None };
        Pool::new(Target::parse(target), settings)
    }

    fn peer(pool: &Pool, index: usize) -> Arc<Peer> {
        Arc::clone(pool.read().table.entries()[index].peer())
    }

    /// Has an endpoint connected; what carries it does not matter here.
    fn open(pool: &Pool, index: usize) -> Arc<Connection> {
        let router = Arc::new(Router::new(Vec::new(), Chain::default()).unwrap());
        let peer = peer(pool, index);
        let link = in_process::open(router, Hooks::default(), Limits::default(), Arc::clone(&peer));
        let connection = Arc::new(link);
        assert!(pool.opened(&peer, &connection));
        connection
    }

    #[tokio::test]
    async fn an_endpoint_that_was_only_idle_is_tried_when_another_fails() {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let bound = Server::new().bind("127.0.0.1:0").await.unwrap();
        let live = bound.local_addr().to_string();
        let serving = tokio::spawn(bound.run_until(std::future::pending()));
        let pool = pool(&format!("{gone},{live}"), Limits::default());
        for (index, idle) in [(0, 60), (1, 120)] {
            let connection = open(&pool, index);
            pool.ended(&peer(&pool, index), Arc::as_ptr(&connection), Duration::from_secs(idle));
        }
        // The one that is gone meanwhile stands first in line.
        let connection = pool.connection(None, None).await.unwrap();
        assert_eq!(**connection.endpoint(), *live);
        // Also for who comes next, while that one is left alone.
        pool.ended(&peer(&pool, 1), Arc::as_ptr(&connection), Duration::from_secs(120));
        assert_eq!(**pool.connection(None, None).await.unwrap().endpoint(), *live);
        serving.abort();
    }

    #[tokio::test]
    async fn whether_one_more_connection_is_wanted_is_asked_again_before_it_is_opened() {
        let limits = Limits { client_connections: 1, ..Limits::default() };
        let pool = pool("127.0.0.1:1", limits);
        let _connection = open(&pool, 0);
        // Another call that wanted it has opened it meanwhile.
        pool.open_wanted(&peer(&pool, 0));
        assert!(pool.read().table.entries()[0].opening().is_none());
    }
}
