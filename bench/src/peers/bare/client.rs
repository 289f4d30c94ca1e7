//! The client: a table of calls in flight, one task that reads and one that writes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use bytes::{Bytes, BytesMut};
use slab::Slab;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::oneshot;

use super::frame::{self, Kind};
use super::message;
use super::outbound::Outbound;
use crate::peers::{Echo, EchoClient};

#[derive(Clone, Debug)]
pub(crate) struct Client {
    connection: Arc<Connection>,
}

#[derive(Debug)]
struct Connection {
    outbound: Outbound,
    /// Who waits for which call; `None` once nothing will come any more.
    waiting: Mutex<Option<Slab<oneshot::Sender<Bytes>>>>,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let connection = Arc::new(Connection {
            outbound: Outbound::default(),
            waiting: Mutex::new(Some(Slab::new())),
        });
        tokio::spawn({
            let connection = Arc::clone(&connection);
            async move {
                let ended = tokio::select! {
                    ended = connection.outbound.write_to(writer) => ended,
                    ended = connection.read_from(reader) => ended,
                };
                connection.waiting().take();
                if let Err(error) = ended {
                    eprintln!("bare: the connection ended: {error:#}");
                }
            }
        });
        Ok(Self { connection })
    }
}

impl EchoClient for Client {
    async fn echo(&mut self, request: Echo) -> Result<Echo> {
        let (answered, answer) = oneshot::channel();
        let call = self
            .connection
            .waiting()
            .as_mut()
            .context("the connection is closed")?
            .insert(answered);
        self.connection
            .outbound
            .push(Kind::Request, call as u64, &request)?;
        message::decode(answer.await.context("the connection was closed in mid-call")?)
    }
}

impl Connection {
    async fn read_from(&self, mut reader: OwnedReadHalf) -> Result<()> {
        let mut inbound = BytesMut::new();
        loop {
            while let Some(frame) = frame::decode(Kind::Response, &mut inbound)? {
                let call = usize::try_from(frame.call)?;
                let caller = self
                    .waiting()
                    .as_mut()
                    .and_then(|waiting| waiting.try_remove(call));
                let caller =
                    caller.with_context(|| format!("an answer to call {call}, which nobody made"))?;
                // A caller who has left wants no answer.
                let _ = caller.send(frame.body);
            }
            if !frame::read_more(&mut reader, &mut inbound).await? {
                return Ok(());
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Slab<oneshot::Sender<Bytes>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
