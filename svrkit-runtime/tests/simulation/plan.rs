//! What a seed makes of the world: the network, the limits of both sides, and the trouble there will be.

use std::time::Duration;

use svrkit_runtime::Limits;
use svrkit_runtime::simulation::{Conditions, Random};

use crate::ledger::Promises;

const MILLISECOND: Duration = Duration::from_millis(1);

/// What may happen to hosts and ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A server drains and comes back.
    Drain,
    /// The process of a server is killed and started again.
    ServerCrash,
    /// That of a client.
    ClientCrash,
    /// A server's host is without power for a while.
    PowerLoss,
    /// Two hosts are cut off from one another for a while.
    Cut,
    /// Only in one direction.
    CutOneWay,
    /// Ways get slow, or lose packets.
    Weather,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) troubles: &'static [Trouble],
    pub(crate) conditions: Conditions,
    pub(crate) promises: Promises,
    /// The longest request: beyond 64 KiB it leaves in parts.
    pub(crate) payload_max: usize,
    pub(crate) of_servers: Limits,
    pub(crate) of_clients: Limits,
}

impl Plan {
    /// Every fifth seed is of the same kind.
    pub(crate) fn new(seed: u64, random: &mut Random) -> Self {
        use Trouble::{ClientCrash, Cut, CutOneWay, Drain, PowerLoss, ServerCrash, Weather};
        let delay = Duration::from_millis([1, 5, 20][random.below(3)]);
        let (troubles, loss): (&[Trouble], f64) = match seed % 5 {
            0 => (&[Drain], 0.0),
            1 => (&[Drain, Weather], 0.02),
            2 => (&[Cut, CutOneWay, PowerLoss], 0.0),
            3 => (&[Drain, ServerCrash, ClientCrash], 0.0),
            _ => (&[Drain, ServerCrash, ClientCrash, PowerLoss, Cut, CutOneWay, Weather], 0.01),
        };
        let is_whole = loss == 0.0
            && !troubles.iter().any(|trouble| matches!(trouble, Weather | Cut | CutOneWay | PowerLoss));
        let promises =
            Promises { cancelled_within: is_whole.then_some(delay), nothing_fails: troubles == [Drain] };
        Self {
            troubles,
            conditions: Conditions { delay: MILLISECOND..=delay, loss },
            promises,
            // What is long keeps a cancel for more than one delay.
            payload_max: if is_whole { 4000 } else { 300_000 },
            of_servers: of_servers(random, is_whole),
            of_clients: of_clients(random),
        }
    }
}

fn of_servers(random: &mut Random, is_whole: bool) -> Limits {
    let limits = Limits {
        calls_in_flight: [1, 8, 1024][random.below(3)],
        hello_timeout: Duration::from_secs(1),
        connection_idle: Duration::from_secs([2, 600][random.below(2)]),
        stream_idle: Duration::from_secs(2),
        connection_age: Duration::from_secs([3, 1800][random.below(2)]),
        ..Limits::default()
    };
    if is_whole {
        // A server that has no room for answers reads no cancels, and a drain that is cut short fails calls.
        return limits;
    }
    Limits {
        outbound_queue: [1 << 10, 1 << 20][random.below(2)],
        drain_timeout: Duration::from_millis([100, 10_000][random.below(2)]),
        ..limits
    }
}

fn of_clients(random: &mut Random) -> Limits {
    Limits {
        hello_timeout: Duration::from_secs(1),
        outbound_queue: [1 << 10, 1 << 20][random.below(2)],
        client_connections: [1, 3][random.below(2)],
        client_backoff_max: Duration::from_secs(2),
        connection_idle: Duration::from_secs([2, 600][random.below(2)]),
        stream_idle: Duration::from_secs(2),
        connection_age: Duration::from_secs([3, 1800][random.below(2)]),
        ..Limits::default()
    }
}
