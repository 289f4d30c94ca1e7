//! What is told of one connection.

use std::sync::Arc;

use super::hooks::Hooks;
use crate::interceptor::Side;
use crate::metrics::Metrics;

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
    /// It did not come about: nobody was there, or nobody who speaks as we do.
    NotOpened,
}

/// Tells of one connection: at most once that it is open, and, when it is dropped, how it ended.
#[derive(Debug)]
pub(crate) struct ConnectionWatch {
    hooks: Hooks,
    /// What it is counted in, if it is.
    metrics: Option<Metrics>,
    side: Side,
    peer: Arc<str>,
    was_open: bool,
    ending: Ending,
    words: String,
}

impl ConnectionWatch {
    /// Of a connection to or from `peer`, as far as it is known. Unless something else is said, this side will have left it.
    pub(crate) fn new(hooks: &Hooks, metrics: Option<&Metrics>, side: Side, peer: Arc<str>) -> Self {
        let (hooks, metrics) = (hooks.clone(), metrics.cloned());
        Self { hooks, metrics, side, peer, was_open: false, ending: Ending::Left, words: String::new() }
    }

    /// Both sides have said hello.
    pub(crate) fn open(&mut self) {
        self.was_open = true;
        if let Some(metrics) = &self.metrics {
            metrics.connection_opened(self.side);
        }
        self.hooks.tell(|monitor| monitor.connection_opened(&self.facts()));
    }

    /// The same, and only now it is known who the peer is.
    pub(crate) fn open_with(&mut self, peer: Arc<str>) {
        self.peer = peer;
        self.open();
    }

    /// How it ends.
    pub(crate) fn end(&mut self, ending: Ending, words: impl Into<String>) {
        (self.ending, self.words) = (ending, words.into());
    }

    fn facts(&self) -> ConnectionFacts<'_> {
        ConnectionFacts { side: self.side, peer: &self.peer }
    }
}

impl Drop for ConnectionWatch {
    fn drop(&mut self) {
        if let Some(metrics) = &self.metrics {
            metrics.connection_ended(self.side, self.was_open, self.ending);
        }
        let end = ConnectionEnd {
            connection: self.facts(),
            was_open: self.was_open,
            ending: self.ending,
            words: &self.words,
        };
        self.hooks.tell(|monitor| monitor.connection_ended(&end));
    }
}
