//! Which endpoint takes a call: the client's own choice, or a picker's.

use std::sync::Arc;

use tokio::time::Instant;

use super::table::{Entry, Table};
use super::tried::Tried;
use super::{Pool, State};
use crate::client::connection::Connection;
use crate::client::picker::{OutgoingCall, p2c};
use crate::random;

/// How often a picker is asked for another endpoint before the client chooses.
const PICKS_MAX: usize = 8;

impl Pool {
    /// A connection for a call, if there is one that takes it.
    pub(in crate::client) fn ready(
        self: &Arc<Self>,
        call: Option<&OutgoingCall<'_>>,
    ) -> Option<Arc<Connection>> {
        self.note_use();
        let state = self.read();
        let (chosen, is_due) = match (&state.picker, call, state.table.entries()) {
            (None, _, [only]) => (Some(only), false),
            (Some(picker), Some(call), [_, ..]) => match picker.pick(call, &state.table.candidates()) {
                Some(index) if index < state.table.entries().len() => {
                    (Some(&state.table.entries()[index]), false)
                }
                _ => self.choose(&state.table, Some(call)),
            },
            _ => self.choose(&state.table, call),
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
    pub(super) fn choose<'a>(
        &self,
        table: &'a Table,
        call: Option<&OutgoingCall<'_>>,
    ) -> (Option<&'a Entry>, bool) {
        let (open, candidates, now) = (table.open(), table.candidates(), Instant::now());
        let load = |at: usize| {
            let entry = &table.entries()[open[at]];
            let tried = call.is_some_and(|call| call.has_tried(&candidates.get(open[at])));
            (!tried && entry.connection().is_some()).then(|| entry.load(now))
        };
        let takes_calls = |at: usize| {
            let peer = table.entries()[open[at]].peer();
            let would_refuse = |call: &OutgoingCall<'_>| {
                peer.gate.would_refuse(call.entrant(), self.settings.protection, now)
            };
            peer.standing.takes_calls(now) && !(peer.gate.is_guarded() && call.is_some_and(would_refuse))
        };
        let welcome = |at: usize| if takes_calls(at) { load(at) } else { None };
        let any = |load: &dyn Fn(usize) -> Option<f64>| (0..open.len()).find(|at| load(*at).is_some());
        // Better to an endpoint that is ejected than nowhere; what would be refused there is refused here, by whoever sends it.
        let chosen =
            p2c::choose(open.len(), random::next, welcome).or_else(|| any(&welcome)).or_else(|| any(&load));
        // Without any, the request itself sees to it.
        let is_due = chosen.is_some() && self.due(table, now).is_some();
        (chosen.map(|at| &table.entries()[open[at]]), is_due)
    }

    /// The endpoint that is to be connected to in the background.
    pub(super) fn due(&self, table: &Table, now: Instant) -> Option<usize> {
        let (from, index) = table.line().next()?;
        (from <= now && table.opening().len() < self.limits().client_opening).then_some(index)
    }

    /// What a picker of somebody else's chooses, endpoints that are left alone after a failure left out.
    pub(super) fn picked(
        &self,
        state: &State,
        call: OutgoingCall<'_>,
        tried: &Tried,
        now: Instant,
    ) -> Option<usize> {
        let picker = state.picker.as_ref()?;
        let mut left_out = tried.peers().to_vec();
        for _ in 0..PICKS_MAX {
            let index = picker.pick(&call.after(&left_out), &state.table.candidates())?;
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
}
