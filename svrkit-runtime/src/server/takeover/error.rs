//! Why a server cannot take over from another.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

/// Why a server cannot take over from the one that serves: [`Server::takeover`](crate::Server::takeover). That one goes on
/// as if nothing had been.
#[derive(Debug)]
#[non_exhaustive]
pub enum TakeoverError {
    /// The path cannot be connected to, or listened on.
    Path(io::Error),
    /// Whoever listens there is of another user, and not root.
    Stranger {
        /// The other's user id.
        user: u32,
        /// This process's user id.
        own: u32,
    },
    /// No answer in time.
    Late {
        /// The `takeover.handshake` of this process.
        limit: Duration,
    },
    /// The server there goes on by itself.
    Refused {
        /// Why, in its words.
        words: String,
    },
    /// Whoever listens there is no server that hands over.
    Foreign {
        /// What is wrong with what it said.
        why: String,
    },
    /// The connection to the server there failed.
    Lost(io::Error),
    /// A simulated process has no predecessor.
    Simulated,
}

impl fmt::Display for TakeoverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(error) => {
                error.fmt(f)?;
                match error.kind() {
                    io::ErrorKind::NotFound => f.write_str("; make the folder of the socket first"),
                    io::ErrorKind::PermissionDenied => {
                        f.write_str("; run both servers as the same user, in a folder of its own")
                    }
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => {
                        f.write_str("; take a shorter path, of 90 bytes at most")
                    }
                    _ => Ok(()),
                }
            }
            Self::Stranger { user, own } => write!(
                f,
                "a process of user {user} listens there and this one is of user {own}: run both as the same user, \
                 or take a path in a folder that only this user may write to"
            ),
            Self::Late { limit } => write!(
                f,
                "the server there did not answer within {} ms (takeover.handshake): it is stuck, or not serving yet; \
                 end it, or wait until it serves",
                limit.as_millis()
            ),
            Self::Refused { words } => {
                write!(f, "the server there goes on by itself: {}", words.escape_debug())
            }
            Self::Foreign { why } => {
                write!(f, "what listens there is no server that hands over, {why}: give it another path")
            }
            Self::Lost(error) => write!(f, "the connection to the server there failed: {error}; try again"),
            Self::Simulated => {
                f.write_str("a simulated process has no predecessor: leave the takeover out of simulations")
            }
        }
    }
}

/// Without a source: what lies beneath is part of the text, and in the variants.
impl Error for TakeoverError {}
