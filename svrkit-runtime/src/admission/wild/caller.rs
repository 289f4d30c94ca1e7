//! Who calls, as blocks have it.

use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::sync::Arc;

/// What a caller is told apart by: at an entry nothing that a stranger could choose in order to be taken for another, or for many.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Told<'a> {
    /// What it has proved to be.
    #[cfg(feature = "tls")]
    Proved(&'a str),
    /// Where it is, and what it calls itself, which is believed; both as far as they are known.
    Named(&'a str, Option<IpAddr>),
    /// Where it is; of IPv6 the network.
    Address(IpAddr),
    /// On this machine, and nothing else is known.
    Here,
}

/// A caller of one connection or many.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Its number: nobody can choose one, for it depends on a secret of the process.
    pub(super) id: u64,
    /// For people.
    pub(super) name: Arc<str>,
    /// Whether its users are believed, and told apart.
    pub(super) has_users: bool,
}

impl Caller {
    pub(super) fn new(told: Told<'_>, has_users: bool, secret: &impl BuildHasher) -> Self {
        Self { id: secret.hash_one(told), name: told.to_string().into(), has_users }
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "tls")]
            Self::Proved(identity) => f.write_str(identity),
            Self::Named(name, Some(address)) => write!(f, "{name} at {address}"),
            Self::Named(name, None) => f.write_str(name),
            Self::Address(address) => write!(f, "{address}"),
            Self::Here => f.write_str("a caller on this machine"),
        }
    }
}
