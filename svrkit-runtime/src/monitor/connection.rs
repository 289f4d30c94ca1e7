//! What is told of one connection.

use crate::interceptor::Side;

/// A connection whose two sides have said hello.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionFacts<'a> {
    /// Who tells.
    pub side: Side,
    /// At a client the endpoint, at a server what the caller calls itself; empty where it did not say.
    pub peer: &'a str,
}

/// A connection that has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionEnd<'a> {
    /// As it was told when it opened; `peer` is empty at a server that got no hello.
    pub connection: ConnectionFacts<'a>,
    /// Whether it was told of when it opened.
    pub was_open: bool,
    /// How it ended.
    pub ending: Ending,
    /// In words, where there are any.
    pub words: &'a str,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// The peer closed it between two frames.
    Closed,
    /// This side closed it, having nothing more to say: a client that was dropped, a server that has drained.
    Left,
    /// The network, or the peer in the middle of a frame.
    Lost,
    /// It was cut: the peer broke the protocol, or spoke another one.
    Protocol,
    /// It was cut, or turned away: a limit.
    Limit,
}
