//! Why a server has no admin pages, and does not start.

use std::error::Error;
use std::fmt;
use std::io;

use super::access::TOKEN_LEN_MIN;

/// Why a server cannot have the admin pages that it is to have. It does not start.
#[non_exhaustive]
pub enum AdminError {
    /// The address is none that pages can have: a host and a port.
    Address,
    /// The address cannot be listened on: what the operating system said.
    Bind(io::Error),
    /// The address is within reach of other machines, and there is no token.
    TokenMissing,
    /// The token can be found by trying.
    TokenShort {
        /// How many bytes it has.
        len: usize,
    },
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("admin pages need host:port (admin.listen)"),
            Self::Bind(error) if error.kind() == io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "{error}; another process has this port: stop it or give the pages another (admin.listen)"
                )
            }
            Self::Bind(error) => error.fmt(f),
            Self::TokenMissing => f.write_str(
                "other machines reach this address: set a token (admin.token), or listen on 127.0.0.1 (admin.listen)",
            ),
            Self::TokenShort { len } => write!(
                f,
                "the token has {len} bytes and needs {TOKEN_LEN_MIN} at least, of chance (admin.token)"
            ),
        }
    }
}

/// The same text as `Display`.
impl fmt::Debug for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without a source: what lies beneath is part of the text, and in the variants.
impl Error for AdminError {}
