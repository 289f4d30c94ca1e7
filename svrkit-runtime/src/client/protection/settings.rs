//! Which of a client's mechanisms act.

use crate::config::{Config, Key};
use crate::mode::Mode;

const RETRIES: &str = "client.retries";
const EJECTION: &str = "client.ejection";

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
    pub(super) ejection: Mode,
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
        Self { retries: Mode::Off, ejection: Mode::Off }
    }

    /// Sets whether attempts that failed are repeated (`client.retries`).
    #[must_use]
    pub fn retries(mut self, mode: Mode) -> Self {
        self.retries = mode;
        self
    }

    /// Sets whether endpoints that fail more than the others are left alone for a time (`client.ejection`).
    #[must_use]
    pub fn ejection(mut self, mode: Mode) -> Self {
        self.ejection = mode;
        self
    }
}

impl ClientProtection {
    pub(in crate::client) fn ejection_mode(self) -> Mode {
        self.ejection
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
            EJECTION,
            "whether a client leaves endpoints alone for a time that fail more than the others (`ejection.*`).",
        ),
    ]
}

impl Config {
    /// `client.retries` and `client.ejection`: which of a client's mechanisms of protection act.
    #[must_use]
    pub fn client_protection(&self) -> ClientProtection {
        let mode = |name| Mode::from_word(self.text(name)).unwrap_or_default();
        ClientProtection { retries: mode(RETRIES), ejection: mode(EJECTION) }
    }
}
