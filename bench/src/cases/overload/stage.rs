//! What the rows share: cores, handlers, capacities, and calls that are made.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::sleep;

use crate::pin::Placement;
use crate::work::child::{Server, Serving, call_closed, call_open};
use crate::work::handler::{Handler, Wait};
use crate::work::load::{Arrivals, Phase, Plan, Spacing};
use crate::work::peers::Peer;
use crate::work::record::{Open, Outcome};
use crate::work::spins_for;

/// So long an answer is of use, in milliseconds.
pub(super) const DEADLINE_MS: u64 = 500;

/// Connections of the callers, each a client of its own.
const CONNECTIONS: usize = 16;

/// Callers of the closed loop that finds the capacity: more than there is work for, fewer than anything is refused of.
const CALLERS: usize = 48;

/// How calls are spread over the classes, the most important first.
pub(super) const SHARES: [f64; 4] = [0.05, 0.15, 0.5, 0.3];

/// A server that was asked for too much is left alone for so long: all that still waits there is over then.
const REST: Duration = Duration::from_millis(DEADLINE_MS + 200);

/// Where everything runs, and what is known of it.
#[derive(Debug)]
pub(super) struct Stage {
    placement: Placement,
    is_quick: bool,
    /// Turns of a loop that are a millisecond.
    pub spins: u64,
    capacities: HashMap<(&'static str, bool), f64>,
}

impl Stage {
    pub(super) fn new(placement: Placement, is_quick: bool) -> Self {
        Self {
            placement,
            is_quick,
            spins: spins_for(Duration::from_millis(1)),
            capacities: HashMap::new(),
        }
    }

    /// A handler that computes for a millisecond.
    pub(super) fn compute(&self) -> Handler {
        Handler::Compute { spins: self.spins }
    }

    /// A handler that waits for 20 ms, once it has one of 32 places.
    pub(super) fn wait(&self) -> Handler {
        Handler::Wait(Wait::of(20, 32))
    }

    /// So many seconds, or fewer where it is to be quick.
    pub(super) fn seconds(&self, full: f64, quick: f64) -> f64 {
        if self.is_quick { quick } else { full }
    }

    /// So often, or less often where it is to be quick.
    pub(super) fn times(&self, full: usize, quick: usize) -> usize {
        if self.is_quick { quick } else { full }
    }

    /// Starts a server on its core.
    pub(super) async fn server(&self, peer: &Peer, serving: impl Into<Serving>) -> Result<Server> {
        Server::start(peer, serving.into(), self.placement.server()).await
    }

    /// Starts one that shares the callers' core: it only passes calls on.
    pub(super) async fn tier(&self, peer: &Peer, handler: Handler) -> Result<Server> {
        Server::start(peer, handler.into(), self.placement.client()).await
    }

    /// Calls that a peer does in a second, found by a closed loop the first time it is asked for.
    pub(super) async fn capacity(&mut self, peer: &Peer, handler: Handler) -> Result<f64> {
        let key = (peer.name, matches!(handler, Handler::Compute { .. }));
        if let Some(known) = self.capacities.get(&key) {
            return Ok(*known);
        }
        let server = self.server(peer, handler).await?;
        let plan = Plan {
            arrivals: Arrivals::Closed {
                callers: CALLERS,
                warm_up_s: self.seconds(0.5, 0.2),
                seconds: self.seconds(2.0, 0.4),
            },
            ..self.plan(&server, Vec::new(), Spacing::Chance)
        };
        let seen = call_closed(peer, &plan, self.placement.client()).await?;
        server.stop().await?;
        let answered = seen.calls[Outcome::Answered as usize];
        ensure!(answered > 0, "no call was answered: {seen:?}");
        let capacity = answered as f64 / seen.seconds;
        eprintln!("{}: {capacity:.0} calls/s", peer.name);
        self.capacities.insert(key, capacity);
        Ok(capacity)
    }

    /// What callers do by default.
    pub(super) fn plan(&self, server: &Server, phases: Vec<Phase>, spacing: Spacing) -> Plan {
        Plan {
            target: server.target.clone(),
            connections: CONNECTIONS,
            deadline_ms: DEADLINE_MS,
            may_repeat: false,
            has_budget: true,
            arrivals: Arrivals::Open {
                phases,
                spacing,
                shares: SHARES,
                seed: 7,
            },
            server: None,
        }
    }

    /// Makes the calls from the callers' core.
    pub(super) async fn call(&self, peer: &Peer, plan: &Plan) -> Result<Open> {
        let seen = call_open(peer, plan, self.placement.client()).await?;
        ensure!(!seen.records.is_empty(), "no call was made");
        Ok(seen)
    }

    /// Lets a server come to rest.
    pub(super) async fn rest(&self) {
        sleep(REST).await;
    }
}
