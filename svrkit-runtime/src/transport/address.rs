//! Where a server listens and a client connects.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

/// Before the path of a Unix socket.
const UNIX: &str = "unix:";

/// Before the name of a socket that systemd passes.
const SYSTEMD: &str = "systemd:";

/// Where a server listens, or a client connects: `127.0.0.1:4310`, `shop.example:4310` or `unix:/run/shop.sock`.
///
/// ```
/// use svrkit_runtime::Address;
///
/// let address: Address = "unix:/run/shop.sock".parse().unwrap();
/// assert_eq!(address.to_string(), "unix:/run/shop.sock");
/// let address: Address = "[::1]:4310".parse().unwrap();
/// assert_eq!(address.socket_addr().unwrap().port(), 4310);
/// assert!("shop".parse::<Address>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Address {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// `host:port` with a host that is looked up when it is needed.
    Name(Arc<str>),
    /// The path of a Unix socket.
    Unix(Arc<Path>),
    /// A listening socket that systemd passes to a server, by its `FileDescriptorName=`; the only one, where the name is empty.
    /// `systemd:` or `systemd:web`. No client can call it.
    Systemd(Arc<str>),
    /// No socket: services of this process.
    InProcess,
}

impl Address {
    /// The IP address and port, where it has them.
    #[must_use]
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            Self::Name(_) | Self::Unix(_) | Self::Systemd(_) | Self::InProcess => None,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(path) = text.strip_prefix(UNIX) {
            return match path {
                "" => Err(AddressError::NoPath),
                _ if cfg!(not(unix)) => Err(AddressError::NoUnixSockets),
                path => Ok(Self::Unix(Path::new(path).into())),
            };
        }
        if let Some(name) = text.strip_prefix(SYSTEMD) {
            return Ok(Self::Systemd(name.into()));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Tcp(address));
        }
        match text.rsplit_once(':') {
            Some((host, port)) if is_host(host) => match port.parse::<u16>() {
                Ok(_) => Ok(Self::Name(text.into())),
                Err(_) => Err(AddressError::Port(port.into())),
            },
            _ => Err(AddressError::Form),
        }
    }
}

/// Whether it could be a name that is looked up; whether there is such a name is not known here.
fn is_host(host: &str) -> bool {
    !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || ":/,[]".contains(c))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
            Self::Systemd(name) => write!(f, "{SYSTEMD}{name}"),
            Self::InProcess => f.write_str("in process"),
        }
    }
}

/// The same text as `Display`.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no [`Address`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// It has neither of the forms.
    Form,
    /// What stands where the port should.
    Port(String),
    /// No path follows `unix:`.
    NoPath,
    /// This system has no Unix sockets.
    NoUnixSockets,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH"),
            Self::Port(port) => write!(f, "the port `{}` is no number up to 65535", port.escape_debug()),
            Self::NoPath => f.write_str("unix: wants the path of a socket, as in unix:/run/shop.sock"),
            Self::NoUnixSockets => {
                f.write_str("this system has no Unix sockets; an address is HOST:PORT here")
            }
        }
    }
}

impl Error for AddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<Address, AddressError>) {
        assert_eq!(text.parse(), expected);
        if let Ok(address) = expected {
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn an_address_is_told_by_its_form() {
        check("127.0.0.1:4310", Ok(Address::Tcp(([127, 0, 0, 1], 4310).into())));
        check("[::1]:0", Ok(Address::Tcp((std::net::Ipv6Addr::LOCALHOST, 0).into())));
        check("localhost:80", Ok(Address::Name("localhost:80".into())));
        for wrong in ["", "nowhere", ":80", "a b:80", "::1:80", "[::1:80", "a:1,b:2", "http://a:80", "a\n:80"]
        {
            check(wrong, Err(AddressError::Form));
        }
        for port in ["", "x", "65536", "-1"] {
            check(&format!("a:{port}"), Err(AddressError::Port(port.into())));
        }
        check("unix:", Err(AddressError::NoPath));
        for name in ["", "web", "80"] {
            check(&format!("systemd:{name}"), Ok(Address::Systemd(name.into())));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_may_hold_anything() {
        for path in ["/run/shop.sock", "shop.sock", "/with:80/and space"] {
            check(&format!("unix:{path}"), Ok(Address::Unix(Path::new(path).into())));
        }
    }
}
