//! Listening sockets that are passed from one process to another.

use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
#[cfg(feature = "takeover")]
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use rustix::net::sockopt::socket_acceptconn;
use tokio::net::{TcpListener, UnixListener};

use super::address::Address;
use super::listener::Listener;
use super::socket_file::SocketFile;

/// Whether a socket that was passed here can be listened with.
pub(crate) fn listens(socket: &OwnedFd) -> bool {
    socket_acceptconn(socket).unwrap_or(false)
}

impl Listener {
    /// Listens with a socket that another process has made, and says where. `file` is the file of a Unix socket that is this
    /// one's once it is [kept](Self::keep_file).
    ///
    /// # Errors
    /// It is no socket that can be listened with, or has no address that a client could call.
    pub(crate) fn passed(socket: OwnedFd, file: Option<&Path>) -> io::Result<(Self, Address)> {
        let tcp = std::net::TcpListener::from(socket);
        if let Ok(local) = tcp.local_addr() {
            tcp.set_nonblocking(true)?;
            return Ok((Self::Tcp(TcpListener::from_std(tcp)?), Address::Tcp(local)));
        }
        let unix = std::os::unix::net::UnixListener::from(OwnedFd::from(tcp));
        let local = unix.local_addr()?;
        let Some(path) = file.or(local.as_pathname()) else {
            return Err(io::Error::new(ErrorKind::Unsupported, "it is a Unix socket without a path"));
        };
        let address = Address::Unix(path.into());
        let file = file.map(SocketFile::of_another).transpose()?;
        unix.set_nonblocking(true)?;
        Ok((Self::Unix { file, listener: UnixListener::from_std(unix)? }, address))
    }

    /// Has the file of a Unix socket removed with this one, or left to another process that listens with the same socket.
    #[cfg(feature = "takeover")]
    pub(crate) fn keep_file(&self, is_ours: bool) {
        if let Self::Unix { file: Some(file), .. } = self {
            file.keep(is_ours);
        }
    }

    /// The socket, to be passed on.
    #[cfg(feature = "takeover")]
    pub(crate) fn as_fd(&self) -> io::Result<BorrowedFd<'_>> {
        match self {
            Self::Tcp(listener) => Ok(listener.as_fd()),
            Self::Unix { listener, .. } => Ok(listener.as_fd()),
            #[cfg(feature = "simulation")]
            Self::Simulated(_) => Err(ErrorKind::Unsupported.into()),
        }
    }
}
