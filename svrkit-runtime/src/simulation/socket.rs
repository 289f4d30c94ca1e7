//! Sockets of the simulated network: what a connection is to the code that uses it.

use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::connection::{Phase, Role};
use super::process::Process;
use super::state::State;

/// One end of a connection.
#[derive(Debug)]
pub(crate) struct Stream {
    read: ReadHalf,
    write: WriteHalf,
}

/// The half that reads.
#[derive(Debug)]
pub(crate) struct ReadHalf(Place);

/// The half that writes. Dropping it ends the stream in this direction.
#[derive(Debug)]
pub(crate) struct WriteHalf(Place);

/// Which end of which connection, and whose it is.
#[derive(Clone, Debug)]
struct Place {
    process: Process,
    connection: u64,
    role: Role,
}

/// A listening socket.
#[derive(Debug)]
pub(crate) struct Listener {
    process: Process,
    address: SocketAddr,
}

impl Stream {
    /// Connects to a port of a simulated host. Dropping the future gives the connection up.
    pub(crate) async fn connect(process: Process, address: SocketAddr) -> io::Result<Self> {
        let begin = |state: &mut State, now| Poll::Ready(state.connect(process.host, address, now));
        let connection = poll_fn(|_| process.act(begin)).await?;
        let stream = Self::new(Place { process, connection, role: Role::Caller });
        poll_fn(|cx| stream.write.0.poll_open(cx)).await?;
        Ok(stream)
    }

    fn new(place: Place) -> Self {
        Self { read: ReadHalf(place.clone()), write: WriteHalf(place) }
    }

    pub(crate) fn into_split(self) -> (ReadHalf, WriteHalf) {
        (self.read, self.write)
    }
}

impl Listener {
    /// Listens on a port of the host that this code runs on.
    pub(crate) fn bind(process: Process, address: SocketAddr) -> io::Result<Self> {
        let listen = |state: &mut State, _| Poll::Ready(state.listen(process.host, address));
        match process.act(listen) {
            Poll::Ready(address) => Ok(Self { address: address?, process }),
            // Its process was killed: nobody hears of it.
            Poll::Pending => Err(ErrorKind::AddrNotAvailable.into()),
        }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        let connection = poll_fn(|cx| {
            self.process.act(|state, _| {
                let Some(listening) = state.listeners.get_mut(&self.address) else { return Poll::Pending };
                match listening.waiting.pop_front() {
                    Some(connection) => Poll::Ready(connection),
                    None => {
                        listening.acceptor = Some(cx.waker().clone());
                        Poll::Pending
                    }
                }
            })
        });
        let connection = connection.await;
        Ok(Stream::new(Place { process: self.process.clone(), connection, role: Role::Callee }))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.process.act(|state, now| {
            state.stop_listening(self.address, now);
            Poll::Ready(())
        });
    }
}

impl Place {
    /// Ready when it is known whether the connection stands.
    fn poll_open(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.process.act(|state, _| {
            let Some(connection) = state.connections.get_mut(&self.connection) else { return Poll::Pending };
            let end = connection.end(self.role);
            match end.phase {
                Phase::Opening => {
                    end.writer = Some(cx.waker().clone());
                    Poll::Pending
                }
                Phase::Open | Phase::ShutDown => Poll::Ready(Ok(())),
                Phase::Failed(error) => Poll::Ready(Err(error.into())),
            }
        })
    }

    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.process.act(|state, _| {
            let Some(connection) = state.connections.get_mut(&self.connection) else { return Poll::Pending };
            let end = connection.end(self.role);
            if !end.inbound.is_empty() {
                let len = end.inbound.len().min(buffer.remaining());
                let (front, back) = end.inbound.as_slices();
                let from_front = len.min(front.len());
                buffer.put_slice(&front[..from_front]);
                buffer.put_slice(&back[..len - from_front]);
                end.inbound.drain(..len);
                // There is room for more.
                state.woken.extend(connection.end(self.role.other()).writer.take());
                return Poll::Ready(Ok(()));
            }
            match end.phase {
                Phase::Failed(error) => Poll::Ready(Err(error.into())),
                _ if end.is_ended => Poll::Ready(Ok(())),
                _ => {
                    end.reader = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
    }

    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.process.act(|state, now| {
            let Some(connection) = state.connections.get_mut(&self.connection) else { return Poll::Pending };
            let room = connection.room(self.role);
            let end = connection.end(self.role);
            match end.phase {
                Phase::Failed(error) => return Poll::Ready(Err(error.into())),
                Phase::ShutDown => return Poll::Ready(Err(ErrorKind::BrokenPipe.into())),
                Phase::Opening | Phase::Open => {}
            }
            let mut bytes = Vec::new();
            for slice in slices {
                bytes.extend_from_slice(&slice[..slice.len().min(room - bytes.len())]);
            }
            if bytes.is_empty() && slices.iter().any(|slice| !slice.is_empty()) {
                end.writer = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Ok(state.write(self.connection, self.role, bytes, now)))
        })
    }

    /// What is done at once, if its process still runs.
    fn now(&self, act: impl FnOnce(&mut State, Instant)) {
        // Of a process that was killed the system has closed the sockets already.
        let _ = self.process.act(|state, now| {
            act(state, now);
            Poll::Ready(())
        });
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.poll_read(cx, buffer)
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.now(|state, now| state.shut_down(self.0.connection, self.0.role, now));
        Poll::Ready(Ok(()))
    }
}

impl Drop for ReadHalf {
    fn drop(&mut self) {
        self.0.now(|state, now| state.close_reader(self.0.connection, self.0.role, now));
    }
}

impl Drop for WriteHalf {
    fn drop(&mut self) {
        self.0.now(|state, now| state.close_writer(self.0.connection, self.0.role, now));
    }
}
