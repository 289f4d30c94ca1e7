//! Who is measured: each peer is one file (or folder) and one line in [`PEERS`].
//!
//! A peer echoes {id, name, payload} in the way its own documentation teaches, with messages and stubs of its own
//! kind. Where defaults would spoil the comparison they are changed, and the peer's file says so. It knows nothing
//! of processes, cores and clocks.

mod bare;
mod svrkit;
mod svrkit_off;
#[cfg(feature = "tls")]
mod svrkit_tls;
mod svrkit_uncounted;
mod tarpc;
mod tonic;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use anyhow::Result;
use bytes::Bytes;

use crate::cpu_clock::CpuClocks;
use crate::hold;
use crate::load::{self, Drive};
use crate::pour::{self, Poured};
use crate::window::Measured;

/// All peers, in the order in which they are run and shown.
pub(crate) const PEERS: &[Peer] = &[
    Peer::streaming::<svrkit::Svrkit>(),
    #[cfg(feature = "tls")]
    Peer::of::<svrkit_tls::SvrkitTls>(),
    Peer::streaming::<tonic::Tonic>(),
    Peer::of::<tarpc::Tarpc>(),
    Peer::of::<bare::Bare>(),
    Peer::of::<svrkit_off::SvrkitOff>().aside(),
    Peer::of::<svrkit_uncounted::SvrkitUncounted>().aside(),
];

/// What every call carries, there and back, before a peer gives it a form of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Echo {
    pub id: u64,
    pub name: String,
    pub payload: Bytes,
}

/// Tells where a server listens, once it does.
pub(crate) type Announce = fn(SocketAddr);

/// An implementation of the echo service and of its client.
pub(crate) trait EchoPeer: 'static {
    const NAME: &'static str;
    type Client: EchoClient;

    /// Listens on a free port of 127.0.0.1, announces it and serves; does not end but by an error.
    fn serve(announce: Announce) -> impl Future<Output = Result<()>> + Send;

    /// Opens one connection.
    fn connect(address: SocketAddr) -> impl Future<Output = Result<Self::Client>> + Send;
}

/// One connection. Clones share it.
pub(crate) trait EchoClient: Clone + Send + 'static {
    fn echo(&mut self, request: Echo) -> impl Future<Output = Result<Echo>> + Send;
}

/// A client that has messages streamed to it.
pub(crate) trait StreamClient: EchoClient {
    type Messages: Messages;

    /// Has the server send `first` again and again, its id one higher each time, until the stream is dropped.
    fn pour(&mut self, first: Echo) -> impl Future<Output = Result<Self::Messages>> + Send;
}

/// The messages of one stream.
pub(crate) trait Messages: Send + 'static {
    /// The next one's id and length of payload; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<(u64, usize)>>> + Send;
}

/// An [`EchoPeer`] as an entry of [`PEERS`].
#[derive(Debug)]
pub(crate) struct Peer {
    pub name: &'static str,
    /// Whether it is measured where nobody asks for it.
    pub by_default: bool,
    /// Has messages streamed to it, where the peer has streams.
    pub pour: Option<fn(Drive, CpuClocks) -> Running<Poured>>,
    /// The same load as `drive`, beside a stream whose reader has stopped.
    pub drive_beside: Option<fn(Drive, CpuClocks) -> Running<Measured>>,
    pub serve: fn(Announce) -> Running<()>,
    pub drive: fn(Drive, CpuClocks) -> Running<Measured>,
    /// Opens so many connections and does not end.
    pub hold: fn(SocketAddr, u32) -> Running<()>,
}

type Running<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl Peer {
    const fn of<P: EchoPeer>() -> Self {
        Self {
            name: P::NAME,
            by_default: true,
            pour: None,
            drive_beside: None,
            serve: |announce| Box::pin(P::serve(announce)),
            drive: |drive, clocks| Box::pin(load::drive::<P>(drive, clocks)),
            hold: |address, connections| Box::pin(hold::hold::<P>(address, connections)),
        }
    }

    const fn streaming<P: EchoPeer<Client: StreamClient>>() -> Self {
        Self {
            pour: Some(|drive, clocks| Box::pin(pour::drive::<P>(drive, clocks))),
            drive_beside: Some(|drive, clocks| Box::pin(pour::drive_beside::<P>(drive, clocks))),
            ..Self::of::<P>()
        }
    }

    /// The same, measured only where it is asked for.
    const fn aside(self) -> Self {
        Self {
            by_default: false,
            ..self
        }
    }

    /// Whether it is among `names`, or there are none and it is measured by default.
    pub(crate) fn is_asked_for(&self, names: &[String]) -> bool {
        match names {
            [] => self.by_default,
            names => names.iter().any(|name| name == self.name),
        }
    }

    /// The peer of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        PEERS.iter().find(|peer| peer.name == name)
    }
}

impl PartialEq for Peer {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
