//! Which of a server's rules act.

use crate::config::{Config, Key};
use crate::mode::Mode;

const USUAL_TIME: &str = "server.usual_time";
const MEMORY: &str = "server.memory";

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
    pub(super) memory: Mode,
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
        Self { usual_time: Mode::Off, memory: Mode::Off }
    }

    /// Sets whether calls are refused that have less time left than their method usually takes (`server.usual_time`).
    #[must_use]
    pub fn usual_time(mut self, mode: Mode) -> Self {
        self.usual_time = mode;
        self
    }

    /// Sets whether calls are refused whose requests there is no memory for (`server.memory`, `calls.memory`).
    #[must_use]
    pub fn memory(mut self, mode: Mode) -> Self {
        self.memory = mode;
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
            MEMORY,
            "whether a server refuses calls whose requests there is no memory for (`calls.memory`).",
        ),
    ]
}

impl Config {
    /// `server.usual_time` and the like: which rules a server holds calls to.
    #[must_use]
    pub fn server_protection(&self) -> ServerProtection {
        let mode = |name| Mode::from_word(self.text(name)).unwrap_or_default();
        ServerProtection { usual_time: mode(USUAL_TIME), memory: mode(MEMORY) }
    }
}
