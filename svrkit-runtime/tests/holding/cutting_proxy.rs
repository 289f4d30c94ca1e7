//! Stands between a client and a server, and cuts the first connection after so many bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Which bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToServer,
    ToClient,
}

/// How a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Both sides get a reset.
    Reset,
    /// Both sides get an end.
    Close,
    /// The receiver gets an end; the other way stays open, and the sender is still read.
    HalfClose,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) way: Way,
    pub(crate) after: usize,
    pub(crate) manner: Manner,
}

/// A proxy before `server`. What comes after its first connection goes through whole.
pub(crate) struct CuttingProxy {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    to_server: AtomicUsize,
    to_client: AtomicUsize,
}

impl CuttingProxy {
    pub(crate) async fn start(server: SocketAddr, cut: Option<Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Seen::default()));
        let accepting = tokio::spawn(accept(listener, server, cut, Arc::clone(&seen)));
        Self { address, seen, accepting }
    }

    /// How many connections it has carried to the server.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// How many bytes have passed.
    pub(crate) fn passed(&self, way: Way) -> usize {
        self.seen.passed(way).load(Ordering::Relaxed)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Seen {
    fn passed(&self, way: Way) -> &AtomicUsize {
        match way {
            Way::ToServer => &self.to_server,
            Way::ToClient => &self.to_client,
        }
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, mut cut: Option<Cut>, seen: Arc<Seen>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(server).await.unwrap();
        seen.connections.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(carry(client, server, cut.take(), Arc::clone(&seen)));
    }
}

/// Passes bytes both ways until both sides have ended, or until the cut.
async fn carry(mut client: TcpStream, mut server: TcpStream, cut: Option<Cut>, seen: Arc<Seen>) {
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let of = |way| cut.filter(|cut| cut.way == way);
    let whole = tokio::try_join!(
        pass(from_client, to_server, of(Way::ToServer), seen.passed(Way::ToServer)),
        pass(from_server, to_client, of(Way::ToClient), seen.passed(Way::ToClient)),
    );
    if let Err(Manner::Reset) = whole {
        client.set_zero_linger().unwrap();
        server.set_zero_linger().unwrap();
    }
}

/// Passes bytes one way until their end. An error is how the whole connection is to be cut.
async fn pass(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    cut: Option<Cut>,
    passed: &AtomicUsize,
) -> Result<(), Manner> {
    let mut buffer = [0; 4096];
    let mut left = cut.map_or(usize::MAX, |cut| cut.after);
    while left > 0 {
        let room = buffer.len().min(left);
        // A side that is gone ends its way.
        let read = from.read(&mut buffer[..room]).await.unwrap_or(0);
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
        passed.fetch_add(read, Ordering::Relaxed);
        left -= read;
    }
    if left == 0
        && let Some(Cut { manner: manner @ (Manner::Reset | Manner::Close), .. }) = cut
    {
        return Err(manner);
    }
    let _ = to.shutdown().await;
    while from.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    Ok(())
}
