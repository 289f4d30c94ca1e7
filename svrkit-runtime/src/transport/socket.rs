//! A stream of bytes to a peer, whatever it goes over: the one place that knows which kinds there are.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, lookup_host};

#[cfg(feature = "simulation")]
use crate::simulation::{self, Process};
#[cfg(feature = "tls")]
use crate::tls::TlsStream;

/// A connected stream.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(feature = "simulation")]
    Simulated(simulation::Stream),
    /// In a box: thousands of connections without TLS need no room for it.
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream>),
}

/// The half that reads.
#[derive(Debug)]
pub(crate) enum ReadHalf {
    Tcp(tokio::net::tcp::OwnedReadHalf),
    #[cfg(unix)]
    Unix(tokio::net::unix::OwnedReadHalf),
    #[cfg(feature = "simulation")]
    Simulated(simulation::ReadHalf),
    #[cfg(feature = "tls")]
    Tls(tokio::io::ReadHalf<Box<TlsStream>>),
}

/// The half that writes. Dropping it ends the stream in this direction, over TLS with the half that reads.
#[derive(Debug)]
pub(crate) enum WriteHalf {
    Tcp(tokio::net::tcp::OwnedWriteHalf),
    #[cfg(unix)]
    Unix(tokio::net::unix::OwnedWriteHalf),
    #[cfg(feature = "simulation")]
    Simulated(simulation::WriteHalf),
    #[cfg(feature = "tls")]
    Tls(tokio::io::WriteHalf<Box<TlsStream>>),
}

impl Socket {
    pub(crate) fn tcp(stream: TcpStream) -> Self {
        // Frames leave in batches of our own making: waiting for more to fill a segment only adds delay. A socket that
        // refuses the option is closed already, which its first read tells.
        let _ = stream.set_nodelay(true);
        Self::Tcp(stream)
    }

    pub(crate) async fn connect_tcp(address: SocketAddr) -> io::Result<Self> {
        #[cfg(feature = "simulation")]
        if let Some(process) = Process::current() {
            return Ok(Self::Simulated(simulation::Stream::connect(process, address).await?));
        }
        Ok(Self::tcp(TcpStream::connect(address).await?))
    }

    #[cfg(unix)]
    pub(crate) async fn connect_unix(path: &std::path::Path) -> io::Result<Self> {
        #[cfg(feature = "simulation")]
        if Process::current().is_some() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(Self::Unix(UnixStream::connect(path).await?))
    }

    /// The addresses of `name` (`host:port`), as the system knows them.
    pub(crate) async fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
        #[cfg(feature = "simulation")]
        if let Some(process) = Process::current() {
            return process.look_up(name).map(|address| vec![address]).ok_or(io::ErrorKind::NotFound.into());
        }
        Ok(lookup_host(name).await?.collect())
    }

    /// The address of the peer, if it is a stranger's: whoever comes by a Unix socket is on this machine, and was let in by its file.
    pub(crate) fn peer_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.peer_addr().ok(),
            _ => None,
        }
    }

    pub(crate) fn into_split(self) -> (ReadHalf, WriteHalf) {
        match self {
            Self::Tcp(stream) => {
                let (read, write) = stream.into_split();
                (ReadHalf::Tcp(read), WriteHalf::Tcp(write))
            }
            #[cfg(unix)]
            Self::Unix(stream) => {
                let (read, write) = stream.into_split();
                (ReadHalf::Unix(read), WriteHalf::Unix(write))
            }
            #[cfg(feature = "simulation")]
            Self::Simulated(stream) => {
                let (read, write) = stream.into_split();
                (ReadHalf::Simulated(read), WriteHalf::Simulated(write))
            }
            // Both directions change one state: they share it under a lock, which plain sockets have no need of.
            #[cfg(feature = "tls")]
            Self::Tls(stream) => {
                let (read, write) = tokio::io::split(stream);
                (ReadHalf::Tls(read), WriteHalf::Tls(write))
            }
        }
    }
}

/// Hands a call on to the stream of whatever kind.
macro_rules! each {
    ($half:ident, $self:expr, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            $half::Tcp($stream) => $call,
            #[cfg(unix)]
            $half::Unix($stream) => $call,
            #[cfg(feature = "simulation")]
            $half::Simulated($stream) => $call,
            #[cfg(feature = "tls")]
            $half::Tls($stream) => $call,
        }
    };
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        each!(ReadHalf, self, stream => Pin::new(stream).poll_read(cx, buffer))
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        each!(WriteHalf, self, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(WriteHalf, self, stream => Pin::new(stream).poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        // Every kind there is writes many slices at once.
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(WriteHalf, self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(WriteHalf, self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
