//! What a server accepts connections from.

use std::io;

use tokio::net::TcpListener;

use super::address::Address;
use super::socket::Socket;
#[cfg(unix)]
use super::socket_file::SocketFile;

/// A listening socket.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(SocketFile),
}

impl Listener {
    /// Listens on `address`, and says where that is: for port 0 it is the port that the system chose.
    ///
    /// # Errors
    /// Those of the system. Of a Unix socket also [`io::ErrorKind::AddrInUse`] where a server listens on it or where
    /// something else is in its place.
    pub(crate) async fn bind(address: &Address) -> io::Result<(Self, Address)> {
        let tcp = |listener: TcpListener| {
            let local = listener.local_addr()?;
            Ok((Self::Tcp(listener), Address::Tcp(local)))
        };
        match address {
            Address::Tcp(address) => tcp(TcpListener::bind(address).await?),
            Address::Name(name) => tcp(TcpListener::bind(&**name).await?),
            #[cfg(unix)]
            Address::Unix(path) => Ok((Self::Unix(SocketFile::bind(path).await?), address.clone())),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    pub(crate) async fn accept(&self) -> io::Result<Socket> {
        match self {
            Self::Tcp(listener) => Ok(Socket::tcp(listener.accept().await?.0)),
            #[cfg(unix)]
            Self::Unix(file) => Ok(Socket::Unix(file.accept().await?)),
        }
    }
}
