//! The attacks: a file each, and its line here.

mod errors;
mod identity;
mod inflating;
mod lengths;
mod merging;
mod metadata;
mod never_reading;
mod parts;
mod pings;
mod rapid_cancel;
mod replay;
mod slow;
mod swarm;

use std::net::SocketAddr;
use std::pin::Pin;

use crate::raw::End;

/// An attack on a server.
pub(crate) struct Attack {
    /// Its row in `docs/reliability.md`.
    pub(crate) row: &'static str,
    /// What is done.
    pub(crate) what: &'static str,
    /// What comes of each connection that attacks.
    pub(crate) expected: Expected,
    /// Attacks the server at this address, by so many connections or frames.
    pub(crate) run: fn(SocketAddr, usize) -> Attacking,
}

/// How each of its connections ended.
pub(crate) type Attacking = Pin<Box<dyn Future<Output = Vec<End>> + Send>>;

/// What comes of a connection that attacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It is cut, and told one of these keys.
    Cut(&'static [&'static str]),
    /// It is borne: it costs no more than any other.
    Borne,
}

/// All of them, in the order of the document.
pub(crate) const ATTACKS: &[Attack] = &[
    slow::ATTACK,
    rapid_cancel::ATTACK,
    errors::ATTACK,
    parts::ATTACK,
    pings::ATTACK,
    never_reading::ATTACK,
    lengths::ATTACK,
    merging::ATTACK,
    inflating::ATTACK,
    identity::ATTACK,
    metadata::ATTACK,
    swarm::ATTACK,
    replay::ATTACK,
];
