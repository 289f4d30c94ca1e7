//! Which of a server's rules act.

use crate::config::{Config, Key};
use crate::mode::Mode;
use crate::rate::Rate;

const CALLER: &str = "server.caller_rate";
const USUAL_TIME: &str = "server.usual_time";
const RATES: &str = "server.rates";
const BULKHEADS: &str = "server.bulkheads";
const MEMORY: &str = "server.memory";
const WILD: &str = "server.wild";

/// Which rules a server holds calls to as they arrive; by default all of them. Whether it has a queue and levels beside, [`Server::admission`](crate::Server::admission) says.
///
/// ```
/// use svrkit_runtime::{Mode, Server, ServerProtection};
///
/// // Calls that have less time than is usual are counted, and taken.
/// let server = Server::new().protection(ServerProtection::new().usual_time(Mode::Watching));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerProtection {
    pub(super) usual_time: Mode,
    pub(super) rates: Mode,
    pub(super) bulkheads: Mode,
    pub(super) memory: Mode,
    pub(in crate::admission) wild: Mode,
}

impl ServerProtection {
    /// All of them act.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// None of them decides anything.
    #[must_use]
    pub fn off() -> Self {
        let off = Mode::Off;
        Self { usual_time: off, rates: off, bulkheads: off, memory: off, wild: off }
    }

    /// Sets whether calls are refused that have less time left than their method usually takes (`server.usual_time`).
    #[must_use]
    pub fn usual_time(mut self, mode: Mode) -> Self {
        self.usual_time = mode;
        self
    }

    /// Sets whether calls are refused that come sooner than rates have room for (`server.rates`): those of the schema, of the configuration, and of
    /// [`ServerRules`](crate::ServerRules).
    #[must_use]
    pub fn rates(mut self, mode: Mode) -> Self {
        self.rates = mode;
        self
    }

    /// Sets whether methods have so many handlers at most, and places of their own (`server.bulkheads`). Watching, calls beyond the most are counted and taken, and
    /// no places are kept.
    #[must_use]
    pub fn bulkheads(mut self, mode: Mode) -> Self {
        self.bulkheads = mode;
        self
    }

    /// Sets whether calls are refused whose requests there is no memory for (`server.memory`, `calls.memory`).
    #[must_use]
    pub fn memory(mut self, mode: Mode) -> Self {
        self.memory = mode;
        self
    }

    /// Sets whether callers are blocked for a time that run wild (`server.wild`): who ask one thing over and over, far beyond what others ask.
    #[must_use]
    pub fn wild(mut self, mode: Mode) -> Self {
        self.wild = mode;
        self
    }
}

/// The keys of a configuration.
pub(crate) fn keys() -> Vec<Key> {
    vec![
        Mode::key(
            USUAL_TIME,
            "whether a server refuses calls that have less time left than their method usually takes.",
        ),
        Mode::key(
            RATES,
            "whether a server refuses calls that come more often than their rates say (`server.caller_rate`, `method.*.rate`, `method.*.caller_rate`).",
        ),
        Mode::key(
            BULKHEADS,
            "whether methods have so many handlers at most (`method.*.running_max`) and places that others cannot take (`method.*.reserve`).",
        ),
        Key::rate(
            CALLER,
            "how often a server takes calls of one caller, of all methods together: `1000/s`, `30/min`, `1000/s burst 50`.",
        ),
        Mode::key(
            MEMORY,
            "whether a server refuses calls whose requests there is no memory for (`calls.memory`).",
        ),
        Mode::key(
            WILD,
            "whether a server blocks callers for a time that run wild: who ask one thing over and over, far beyond what others ask (`wild.rate`, `wild.times`).",
        ),
    ]
}

impl Config {
    /// `server.caller_rate`: how often a server takes calls of one caller; `None`: as often as it can.
    #[must_use]
    pub fn caller_rate(&self) -> Option<Rate> {
        self.text(CALLER)?.parse().ok()
    }

    /// `server.usual_time` and the like: which rules a server holds calls to.
    #[must_use]
    pub fn server_protection(&self) -> ServerProtection {
        let mode = |name| Mode::from_word(self.text(name)).unwrap_or_default();
        ServerProtection {
            usual_time: mode(USUAL_TIME),
            rates: mode(RATES),
            bulkheads: mode(BULKHEADS),
            memory: mode(MEMORY),
            wild: mode(WILD),
        }
    }
}
