//! Which of a client's mechanisms act.

use crate::config::{Config, Key};
use crate::mode::Mode;

const RETRIES: &str = "client.retries";
const HEDGING: &str = "client.hedging";
const EJECTION: &str = "client.ejection";
const THROTTLE: &str = "client.throttle";
const LEVELS: &str = "client.levels";
const BLOCKS: &str = "client.blocks";
const WISHES: &str = "client.wishes";
const LAST_GOOD: &str = "client.last_good";
const WISHES_OF_ALL: &str = "client.wishes_of_all";

/// Which of a client's mechanisms of protection act; by default all.
///
/// ```
/// use svrkit_runtime::{Client, ClientProtection, Mode};
///
/// // Its decisions are counted and told of, and a call still ends as its first attempt does.
/// let protection = ClientProtection::new().retries(Mode::Watching);
/// let client = Client::builder("10.0.0.7:4310").protection(protection).lazy();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientProtection {
    pub(super) retries: Mode,
    pub(super) hedging: Mode,
    pub(super) ejection: Mode,
    pub(super) throttle: Mode,
    pub(super) levels: Mode,
    pub(super) blocks: Mode,
    pub(super) wishes: Mode,
    pub(super) last_good: Mode,
    pub(super) wishes_of_all: bool,
}

impl ClientProtection {
    /// All of them act.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// None of them decides anything.
    #[must_use]
    pub fn off() -> Self {
        let off = Mode::Off;
        Self {
            retries: off,
            hedging: off,
            ejection: off,
            throttle: off,
            levels: off,
            blocks: off,
            wishes: off,
            last_good: off,
            wishes_of_all: false,
        }
    }

    /// Sets whether attempts that failed are repeated (`client.retries`).
    #[must_use]
    pub fn retries(mut self, mode: Mode) -> Self {
        self.retries = mode;
        self
    }

    /// Sets whether a request that takes longer than usual is sent to a second endpoint (`client.hedging`): of idempotent methods alone.
    #[must_use]
    pub fn hedging(mut self, mode: Mode) -> Self {
        self.hedging = mode;
        self
    }

    /// Sets whether endpoints that fail more than the others are left alone for a time (`client.ejection`).
    #[must_use]
    pub fn ejection(mut self, mode: Mode) -> Self {
        self.ejection = mode;
        self
    }

    /// Sets whether requests are refused here, where a server refuses more than half of them and announces no level (`client.throttle`).
    #[must_use]
    pub fn throttle(mut self, mode: Mode) -> Self {
        self.throttle = mode;
        self
    }

    /// Sets whether calls that are less important than the level that a server announces are refused here (`client.levels`).
    #[must_use]
    pub fn levels(mut self, mode: Mode) -> Self {
        self.levels = mode;
        self
    }

    /// Sets whether a server's word is obeyed that for a time no more calls of a method are to come (`client.blocks`).
    #[must_use]
    pub fn blocks(mut self, mode: Mode) -> Self {
        self.blocks = mode;
        self
    }

    /// Sets whether a server's wish for fewer calls of a method is obeyed ([`Status::slow_down`](crate::Status::slow_down); `client.wishes`).
    #[must_use]
    pub fn wishes(mut self, mode: Mode) -> Self {
        self.wishes = mode;
        self
    }

    /// Sets whether answers are kept of methods whose schema says for how long these are good ([`Spec::last_good`](crate::Spec::last_good)), and taken again where their server
    /// wishes so ([`Status::last_good`](crate::Status::last_good); `client.last_good`). Watching, they are kept, and nothing is answered by them.
    #[must_use]
    pub fn last_good(mut self, mode: Mode) -> Self {
        self.last_good = mode;
        self
    }

    /// Sets whether wishes count of servers that have proven nothing as well: over TCP without TLS (`client.wishes_of_all`). By default they do not.
    #[must_use]
    pub fn wishes_of_all(mut self, of_all: bool) -> Self {
        self.wishes_of_all = of_all;
        self
    }
}

impl ClientProtection {
    pub(in crate::client) fn ejection_mode(self) -> Mode {
        self.ejection
    }

    /// Its mechanisms by their keys.
    pub(super) fn modes(self) -> [(&'static str, Mode); 8] {
        [
            (RETRIES, self.retries),
            (HEDGING, self.hedging),
            (EJECTION, self.ejection),
            (THROTTLE, self.throttle),
            (LEVELS, self.levels),
            (BLOCKS, self.blocks),
            (WISHES, self.wishes),
            (LAST_GOOD, self.last_good),
        ]
    }
}

/// The keys of a configuration.
pub(crate) fn keys() -> Vec<Key> {
    vec![
        Mode::key(
            RETRIES,
            "whether a client repeats attempts that failed, where that may help and can do no harm (`retry.*`).",
        ),
        Mode::key(
            HEDGING,
            "whether a client sends a request of an idempotent method to a second endpoint when it takes longer than usual (`hedge.*`).",
        ),
        Mode::key(
            EJECTION,
            "whether a client leaves endpoints alone for a time that fail more than the others (`ejection.*`).",
        ),
        Mode::key(
            THROTTLE,
            "whether a client refuses requests by itself, where a server refuses more than half of them and announces no level.",
        ),
        Mode::key(
            LEVELS,
            "whether a client refuses calls by itself that are less important than the level that their server announces.",
        ),
        Mode::key(
            BLOCKS,
            "whether a client obeys a server that wants no more calls of a method for a time (`block.max`).",
        ),
        Mode::key(
            WISHES,
            "whether a client obeys a server that wishes fewer calls of a method for a time (`wish.*`).",
        ),
        Mode::key(
            LAST_GOOD,
            "whether a client keeps answers of methods with `last-good` in their schema, and takes them again where a server wishes so (`last_good.*`, `wish.max`).",
        ),
        Key::flag(
            WISHES_OF_ALL,
            "whether wishes are obeyed of servers that have proven nothing as well, over TCP without TLS.",
        )
        .with_default_flag(false),
    ]
}

impl Config {
    /// `client.retries` and the like: which of a client's mechanisms of protection act.
    #[must_use]
    pub fn client_protection(&self) -> ClientProtection {
        let mode = |name| Mode::from_word(self.text(name)).unwrap_or_default();
        ClientProtection {
            retries: mode(RETRIES),
            hedging: mode(HEDGING),
            ejection: mode(EJECTION),
            throttle: mode(THROTTLE),
            levels: mode(LEVELS),
            blocks: mode(BLOCKS),
            wishes: mode(WISHES),
            last_good: mode(LAST_GOOD),
            wishes_of_all: self.flag(WISHES_OF_ALL).unwrap_or_default(),
        }
    }
}
