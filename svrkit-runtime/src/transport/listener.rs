//! What a server accepts connections from.

use std::io;

#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::net::{TcpListener, TcpSocket};

#[cfg(all(unix, feature = "systemd"))]
use super::activation;
use super::address::Address;
use super::socket::Socket;
#[cfg(unix)]
use super::socket_file::SocketFile;
#[cfg(feature = "simulation")]
use crate::simulation::{self, Process};

/// Connections that wait to be accepted, as tokio has it otherwise.
const BACKLOG: u32 = 1024;

/// A listening socket.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix {
        /// `None`: whoever passed the socket keeps its file. Before the socket, so that it goes before that is closed.
        #[cfg_attr(
            not(feature = "takeover"),
            expect(dead_code, reason = "what it does it does when it is dropped")
        )]
        file: Option<SocketFile>,
        listener: UnixListener,
    },
    #[cfg(feature = "simulation")]
    Simulated(simulation::Listener),
}

impl Listener {
    /// Listens on `address`, and says where that is: for port 0 it is the port that the system chose.
    ///
    /// # Errors
    /// Those of the system. Of a Unix socket also [`io::ErrorKind::AddrInUse`] where a server listens on it or where
    /// something else is in its place.
    pub(crate) async fn bind(address: &Address) -> io::Result<(Self, Address)> {
        #[cfg(feature = "simulation")]
        if let Some(process) = Process::current() {
            return Self::simulated(process, address).await;
        }
        let tcp = |listener: TcpListener| {
            let local = listener.local_addr()?;
            Ok((Self::Tcp(listener), Address::Tcp(local)))
        };
        match address {
            Address::Tcp(address) => tcp(TcpListener::bind(address).await?),
            Address::Name(name) => tcp(TcpListener::bind(&**name).await?),
            #[cfg(unix)]
            Address::Unix(path) => {
                let (file, listener) = SocketFile::bind(path, |path| UnixListener::bind(path)).await?;
                Ok((Self::Unix { file: Some(file), listener }, address.clone()))
            }
            #[cfg(all(unix, feature = "systemd"))]
            Address::Systemd(name) => activation::listener(name),
            #[cfg(not(all(unix, feature = "systemd")))]
            Address::Systemd(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "sockets of systemd want the feature `systemd` of svrkit-runtime, and Linux",
            )),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// The same for a TCP address on which another process may listen that does so in this way, too: whoever connects meets either.
    pub(crate) async fn bind_beside(address: &Address) -> io::Result<(Self, Address)> {
        #[cfg(feature = "simulation")]
        if let Some(process) = Process::current() {
            return Self::simulated(process, address).await;
        }
        let address = match address {
            Address::Tcp(address) => *address,
            Address::Name(name) => {
                *Socket::look_up(name).await?.first().ok_or(io::ErrorKind::AddrNotAvailable)?
            }
            _ => return Err(io::ErrorKind::Unsupported.into()),
        };
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        #[cfg(unix)]
        socket.set_reuseport(true)?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let local = Address::Tcp(listener.local_addr()?);
        Ok((Self::Tcp(listener), local))
    }

    #[cfg(feature = "simulation")]
    async fn simulated(process: Process, address: &Address) -> io::Result<(Self, Address)> {
        let address = match address {
            Address::Tcp(address) => *address,
            Address::Name(name) => Socket::look_up(name).await?[0],
            _ => return Err(io::ErrorKind::Unsupported.into()),
        };
        let listener = simulation::Listener::bind(process, address)?;
        let local = Address::Tcp(listener.local_addr());
        Ok((Self::Simulated(listener), local))
    }

    /// Whether what it accepts can be secured: the simulated network carries no TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn is_securable(&self) -> bool {
        #[cfg(feature = "simulation")]
        if matches!(self, Self::Simulated(_)) {
            return false;
        }
        true
    }

    pub(crate) async fn accept(&self) -> io::Result<Socket> {
        match self {
            Self::Tcp(listener) => Ok(Socket::tcp(listener.accept().await?.0)),
            #[cfg(unix)]
            Self::Unix { listener, .. } => Ok(Socket::Unix(listener.accept().await?.0)),
            #[cfg(feature = "simulation")]
            Self::Simulated(listener) => Ok(Socket::Simulated(listener.accept().await?)),
        }
    }
}
