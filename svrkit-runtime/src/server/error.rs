//! Why a server does not start.

use std::error::Error;
use std::fmt;
use std::io;

use crate::admin::AdminError;
use crate::admission::NotHeld;
use crate::config::ConfigError;
use crate::dispatch::ServiceIdTaken;
use crate::spec::Spec;

/// Why a server does not start. Trying again helps only after what the message says was mended.
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    Bind {
        /// The address as it was given.
        address: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// Two services have the same id.
    ServiceIdTaken(ServiceIdTaken),
    /// Signals cannot be waited for.
    Signals(io::Error),
    /// The configuration is wrong.
    Config(ConfigError),
    /// It cannot have the admin pages that it is to have.
    Admin {
        /// Their address as it was given.
        address: String,
        /// What is in the way.
        error: AdminError,
    },
    /// Its configuration says something of a method that it does not serve, or that the method cannot be held to.
    NotHeld(NotHeld),
    /// A method is queued, and the server has nothing that holds its jobs.
    QueueMissing {
        /// The method.
        method: &'static Spec,
        /// Its queue.
        queue: &'static str,
    },
    /// Two methods have one queue.
    QueueTaken {
        /// The queue.
        queue: &'static str,
        /// The one whose jobs it has.
        first: &'static Spec,
        /// The other.
        second: &'static Spec,
    },
    /// Its certificates or keys cannot be loaded.
    #[cfg(feature = "tls")]
    Tls(crate::tls::TlsError),
    /// The server that serves there cannot be taken over from.
    #[cfg(all(unix, feature = "takeover"))]
    Takeover {
        /// The path as it was given.
        path: std::path::PathBuf,
        /// What is in the way.
        error: super::TakeoverError,
    },
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, error } => {
                write!(f, "cannot listen on {address}: {error}")?;
                match error.kind() {
                    // Of a Unix socket more is known, and said by the error itself.
                    io::ErrorKind::AddrInUse if error.raw_os_error().is_some() => {
                        f.write_str("; another process has this port: stop it or listen on another")
                    }
                    io::ErrorKind::NotFound if address.starts_with("unix:") => {
                        f.write_str("; make the folder of the socket first")
                    }
                    io::ErrorKind::AddrNotAvailable => {
                        f.write_str("; no interface of this machine has this address")
                    }
                    io::ErrorKind::PermissionDenied => {
                        f.write_str("; ports below 1024 and folders of others need a privilege")
                    }
                    _ => Ok(()),
                }
            }
            Self::ServiceIdTaken(error) => error.fmt(f),
            Self::Signals(error) => write!(f, "cannot wait for signals: {error}"),
            Self::Config(error) => error.fmt(f),
            Self::NotHeld(why) => write!(f, "the configuration is of another server: {why}"),
            Self::Admin { address, error } => write!(f, "no admin pages on {address}: {error}"),
            Self::QueueMissing { method, queue } => write!(
                f,
                "{method} is queued ({queue}), and the server has nothing that holds its jobs: give it a queue (Server::queue)"
            ),
            Self::QueueTaken { queue, first, second } => {
                write!(
                    f,
                    "{first} and {second} have one queue, {queue}: give one of them another in its schema"
                )
            }
            #[cfg(feature = "tls")]
            Self::Tls(error) => error.fmt(f),
            #[cfg(all(unix, feature = "takeover"))]
            Self::Takeover { path, error } => write!(f, "cannot take over at {}: {error}", path.display()),
        }
    }
}

/// The same text as `Display`: `fn main() -> Result<(), ServeError>` prints it, and a user should be able to read it.
impl fmt::Debug for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without a source: what lies beneath is part of the text, and in the variants.
impl Error for ServeError {}

impl From<ServiceIdTaken> for ServeError {
    fn from(error: ServiceIdTaken) -> Self {
        Self::ServiceIdTaken(error)
    }
}

impl From<ConfigError> for ServeError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

#[cfg(feature = "tls")]
impl From<crate::tls::TlsError> for ServeError {
    fn from(error: crate::tls::TlsError) -> Self {
        Self::Tls(error)
    }
}
