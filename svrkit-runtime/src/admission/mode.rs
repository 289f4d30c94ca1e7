//! What a server does with calls beyond what it can do.

/// What a server does with calls beyond what it can do. How it tells which these are, `docs/protection.md` says.
///
/// ```
/// use svrkit_runtime::{Admission, Server};
///
/// let server = Server::new().admission(Admission::Watching);
/// assert_eq!(Admission::default(), Admission::On);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Admission {
    /// It takes them all, and lets no call wait: all handlers start at once.
    Off,
    /// Calls wait for handlers; those that would be refused are counted, and start.
    Watching,
    /// It refuses the least important.
    #[default]
    On,
}

impl Admission {
    /// Its word in a configuration.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Watching => "watching",
            Self::On => "on",
        }
    }
}
