//! Whose calls come over a connection.

use std::net::SocketAddr;

use super::Connection;
use crate::admission::{Sentry, Told};
use crate::server::Shared;
use crate::server::capacity::PeerNetwork;

impl Connection {
    /// Who stands at it, if anybody does.
    pub(super) fn sentry(&self, shared: &Shared) -> Option<Sentry> {
        let wild = shared.wild.as_ref()?;
        let is_believed = shared.entry.is_none();
        Some(Sentry::new(wild, wild.caller(self.told(is_believed), is_believed)))
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
