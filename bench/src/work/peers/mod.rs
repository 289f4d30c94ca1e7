//! Whose servers and clients do the work: each peer is one file and its lines in [`PEERS`].
//!
//! svrkit stands there three times: as it is, with the protection of its server alone, and with none at either side.

pub(super) mod svrkit;
mod tarpc;
pub(crate) mod tonic;
mod witness;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use self::witness::Witness;
use super::frames::{self, Deaf};
use super::handler::Duty;
use super::load::{self, Plan, Seen};
use super::record::Outcome;

/// All peers, in the order in which they are run and shown.
pub(crate) const PEERS: &[Peer] = &[
    Peer::of::<svrkit::Protected>(),
    Peer::of::<svrkit::ServerAlone>(),
    Peer::of::<svrkit::Off>(),
    Peer::of::<tonic::Tonic>(),
    Peer::of::<tarpc::Tarpc>(),
];

/// svrkit, called by those who heed nothing: these are compared with nobody.
const DEAF: &[Peer] = &[
    Peer {
        name: "svrkit-draining",
        serve: |duty, announce| Box::pin(svrkit::serve_deaf(Deaf::Draining, duty, announce)),
        drive: |plan| Box::pin(frames::drive(plan, Deaf::Draining)),
    },
    Peer {
        name: "svrkit-blocked",
        serve: |duty, announce| Box::pin(svrkit::serve_deaf(Deaf::Blocked, duty, announce)),
        drive: |plan| Box::pin(frames::drive(plan, Deaf::Blocked)),
    },
    Peer {
        name: "svrkit-rate",
        serve: |duty, announce| Box::pin(svrkit::serve_deaf(Deaf::Rate, duty, announce)),
        drive: |plan| Box::pin(frames::drive(plan, Deaf::Rate)),
    },
];

/// One call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkCall {
    pub id: u64,
    /// 0 to 3, less is more important; where the peer knows such a thing.
    pub class: usize,
    pub rank: u8,
    pub timeout: Duration,
}

/// How a client is connected.
#[derive(Clone, Debug)]
pub(crate) struct Wiring {
    pub target: String,
    pub may_repeat: bool,
    pub has_budget: bool,
    pub witness: Arc<Witness>,
}

impl Wiring {
    pub(crate) fn new(plan: &Plan, now: Instant) -> Self {
        Self {
            target: plan.target.clone(),
            may_repeat: plan.may_repeat,
            has_budget: plan.has_budget,
            witness: Arc::new(Witness::new(now)),
        }
    }
}

/// Where a server says where it listens.
pub(crate) type Announce = UnboundedSender<SocketAddr>;

/// A service that has something to do, and its client.
pub(crate) trait WorkPeer: 'static {
    const NAME: &'static str;
    type Client: WorkClient;

    /// Listens on a free port of 127.0.0.1, announces it and serves; does not end but by an error.
    fn serve(duty: Duty, announce: Announce) -> impl Future<Output = Result<()>> + Send;

    /// Opens a connection.
    fn connect(wiring: &Wiring) -> impl Future<Output = Result<Self::Client>> + Send;
}

/// Calls. Clones share a connection.
pub(crate) trait WorkClient: Clone + Send + Sync + 'static {
    fn work(&mut self, call: WorkCall) -> impl Future<Output = Outcome> + Send;
}

/// A [`WorkPeer`] as an entry of [`PEERS`].
#[derive(Debug)]
pub(crate) struct Peer {
    pub name: &'static str,
    pub serve: fn(Duty, Announce) -> Running<()>,
    pub drive: fn(Plan) -> Running<Seen>,
}

type Running<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl Peer {
    const fn of<P: WorkPeer>() -> Self {
        Self {
            name: P::NAME,
            serve: |duty, announce| Box::pin(P::serve(duty, announce)),
            drive: |plan| Box::pin(load::drive::<P>(plan)),
        }
    }

    /// Whether it is svrkit, in whatever form.
    pub(crate) fn is_svrkit(&self) -> bool {
        self.name.starts_with("svrkit")
    }

    /// Whether its server protects itself.
    pub(crate) fn is_protected(&self) -> bool {
        self.is_svrkit() && self.name != "svrkit-off"
    }

    /// The peer of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        PEERS.iter().chain(DEAF).find(|peer| peer.name == name)
    }
}
