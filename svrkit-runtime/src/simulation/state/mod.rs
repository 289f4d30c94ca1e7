//! The simulated network by itself: hosts, ways between them, connections, and what happens next. Pure: it is told the time,
//! and who is to be woken is for others to wake.

mod events;
mod hosts;
mod sockets;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::task::Waker;

use tokio::time::Instant;

use self::events::Event;
use self::hosts::HostState;
use self::sockets::Listening;
use super::connection::{Connection, Role};
use super::link::Conditions;
use super::random::Random;

#[derive(Debug)]
pub(in crate::simulation) struct State {
    began: Instant,
    random: Random,
    pub(in crate::simulation) hosts: Vec<HostState>,
    conditions: Conditions,
    conditions_of: BTreeMap<(usize, usize), Conditions>,
    /// Ways on which nothing arrives.
    cuts: BTreeSet<(usize, usize)>,
    pub(in crate::simulation) listeners: BTreeMap<SocketAddr, Listening>,
    pub(in crate::simulation) connections: BTreeMap<u64, Connection>,
    connections_begun: u64,
    events: BTreeMap<(Instant, u64), Event>,
    events_begun: u64,
    log: Vec<String>,
    /// Who has to be told of what has changed.
    pub(in crate::simulation) woken: Vec<Waker>,
}

impl State {
    pub(in crate::simulation) fn new(random: Random, conditions: Conditions, now: Instant) -> Self {
        Self {
            began: now,
            random,
            hosts: Vec::new(),
            conditions,
            conditions_of: BTreeMap::new(),
            cuts: BTreeSet::new(),
            listeners: BTreeMap::new(),
            connections: BTreeMap::new(),
            connections_begun: 0,
            events: BTreeMap::new(),
            events_begun: 0,
            log: Vec::new(),
            woken: Vec::new(),
        }
    }

    /// Adds a line.
    pub(in crate::simulation) fn note(&mut self, now: Instant, words: &dyn fmt::Display) {
        let at = now.saturating_duration_since(self.began).as_millis();
        self.log.push(format!("{at:>8} ms  {words}"));
    }

    pub(super) fn note_of(&mut self, id: u64, from: Role, words: &dyn fmt::Display, now: Instant) {
        let Some((from, to)) = self.hosts_of(id, from) else { return };
        let words = format!("{} -> {}  #{id}: {words}", self.hosts[from].name, self.hosts[to].name);
        self.note(now, &words);
    }

    pub(in crate::simulation) fn log(&self) -> String {
        let mut text = String::new();
        for line in &self.log {
            // A text takes all that is written to it.
            let _ = writeln!(text, "{line}");
        }
        text
    }
}
