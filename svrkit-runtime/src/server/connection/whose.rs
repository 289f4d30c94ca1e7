//! Whose calls come over a connection.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Connection;
use super::arrival::ToldLast;
use crate::admission::{Porter, Sentry, Told, Wild};
use crate::server::Shared;
use crate::server::capacity::PeerNetwork;
use crate::trust::Standing;

/// Who stands at a connection, and sees each request that arrives: what they know of it is the reading task's alone.
#[derive(Debug)]
pub(super) struct Attendants {
    /// Watches its caller; `None`: nobody is watched.
    pub(super) sentry: Option<Sentry>,
    /// Says how important its calls are; `None`: its caller does.
    pub(super) porter: Option<Porter>,
    pub(super) told_last: ToldLast,
}

impl Connection {
    /// Who stands at it, once it is known who its caller is.
    pub(super) fn attendants(&self, shared: &Shared) -> Attendants {
        let is_believed = self.is_believed(shared);
        let address = self.peer.as_ref().map(SocketAddr::ip);
        let sentry = |wild: &Arc<Wild>| Sentry::new(wild, wild.caller(self.told(is_believed), is_believed));
        Attendants {
            sentry: shared.wild.as_ref().map(sentry),
            porter: (!is_believed).then(|| Porter::new(&shared.entry, &shared.router, address)),
            told_last: ToldLast::default(),
        }
    }

    /// Whether its caller's word is taken.
    pub(super) fn is_believed(&self, shared: &Shared) -> bool {
        shared.trust.believes(self.standing())
    }

    /// Unix sockets have no address, nor have the hosts of a simulated network, which are its own.
    fn standing(&self) -> Standing {
        #[cfg(feature = "tls")]
        let is_proved = self.certificate.get().is_some();
        #[cfg(not(feature = "tls"))]
        let is_proved = false;
        let is_near = self.peer.is_none_or(|peer| peer.ip().to_canonical().is_loopback());
        Standing { is_proved, is_near }
    }

    /// What its caller is told apart by: what it has proved; else at an entry its address, which a stranger cannot choose, and elsewhere its name as well.
    pub(super) fn told(&self, is_believed: bool) -> Told<'_> {
        #[cfg(feature = "tls")]
        if let Some(identity) = self.certificate.get().and_then(|certificate| certificate.identities().next())
        {
            return Told::Proved(identity);
        }
        let name = self.peer_name.get().filter(|_| is_believed);
        match (name, self.peer.as_ref().map(SocketAddr::ip)) {
            (Some(name), address) => Told::Named(name, address),
            (None, Some(address)) => Told::Address(PeerNetwork::from(address).address()),
            (None, None) => Told::Here,
        }
    }
}
