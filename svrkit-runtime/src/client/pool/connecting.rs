//! A connection for a request that finds none: from one endpoint to the next until one takes it.

use std::sync::{Arc, RwLockWriteGuard};

use tokio::time::{Instant, sleep_until};

use super::opening::{self, Opened, Opening};
use super::peer::Peer;
use super::table::Entry;
use super::tried::Tried;
use super::{Pool, State};
use crate::client::connection::Connection;
use crate::client::picker::OutgoingCall;
use crate::metrics::PoolSeries;
use crate::status::{Retry, Status};
use crate::task;

/// What a request without a connection does next.
enum Next {
    Take(Arc<Connection>),
    Join(Arc<Peer>, Opening),
    /// All are left alone for a while; why the first of them is.
    Rest(Instant, Status),
    Nothing,
}

impl Pool {
    /// A connection for a call, opened if need be: from one endpoint to the next until one takes it. Those that are slow are
    /// not given up, only not waited for alone.
    ///
    /// Where all were left alone after failures, one is tried all the same: the first in line, `client.backoff.min` after its
    /// last failure at the latest. A request that ends before that ends now, as that failure did.
    pub(in crate::client) async fn connection(
        self: &Arc<Self>,
        call: Option<OutgoingCall<'_>>,
        deadline: Option<Instant>,
    ) -> Opened {
        // Who connects without a call waits as well, and is none.
        let _waiting = self.counted.as_ref().filter(|_| call.is_some()).map(PoolSeries::waiting);
        self.list().await?;
        let mut tried = Tried::default();
        let mut rested = false;
        loop {
            if let Some(connection) = self.ready(call.as_ref()) {
                return Ok(connection);
            }
            match self.next(call, &tried, rested) {
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
        if let Some(connection) = self.ready(call.map(|call| call.after(&[])).as_ref()) {
            return Ok(connection);
        }
        self.press();
        Err(tried.into_status(&self.target(), self.read().table.entries().len()))
    }

    fn next(self: &Arc<Self>, call: Option<OutgoingCall<'_>>, tried: &Tried, rested: bool) -> Next {
        let state = self.write();
        let now = Instant::now();
        if let Some(index) = call.and_then(|call| self.picked(&state, call, tried, now)) {
            if let Some(connection) = state.table.entries()[index].connection() {
                return Next::Take(Arc::clone(connection));
            }
            return self.join(state, index);
        }
        let table = &state.table;
        // Nothing that a picker wants can be had.
        let (other, _) = self.choose(table, call.as_ref());
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
        task::spawn(task);
        Next::Join(peer, opening)
    }

    /// Connects to the first in line, if it is its time.
    pub(super) fn open_next(self: &Arc<Self>) {
        let state = self.write();
        if let Some(index) = self.due(&state.table, Instant::now()) {
            self.join(state, index);
        }
    }

    /// Opens one more connection to an endpoint if it wants one still: meanwhile somebody else may have.
    pub(super) fn open_wanted(self: &Arc<Self>, peer: &Arc<Peer>) {
        let (state, max) = (self.write(), self.limits().client_connections);
        let wants = |index: &usize| state.table.entries()[*index].wants_another(max);
        if let Some(index) = state.table.index_of(peer).filter(wants) {
            self.join(state, index);
        }
    }

    /// Opens one more connection to an endpoint that has some, in place of one of them. `None`: it is no longer on the list.
    pub(super) fn open_another(self: &Arc<Self>, peer: &Arc<Peer>) -> Option<Opening> {
        let state = self.write();
        let index = state.table.index_of(peer)?;
        match self.join(state, index) {
            Next::Join(_, opening) => Some(opening),
            Next::Take(_) | Next::Rest(..) | Next::Nothing => None,
        }
    }
}
