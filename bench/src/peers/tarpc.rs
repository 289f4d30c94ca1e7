//! tarpc: bincode in length-delimited frames over TCP, stubs by its own macro.
//!
//! Changed from the defaults: `TCP_NODELAY` on, and the limits of calls in flight and of queues between its tasks
//! lifted. The payload is `Bytes`: as `Vec<u8>`, bincode would write it byte by byte.

use std::net::SocketAddr;

use ::tarpc::client;
use ::tarpc::server::{self, Channel};
use ::tarpc::tokio_serde::formats::Bincode;
use ::tarpc::{context, serde_transport};
use anyhow::Result;
use bytes::Bytes;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpStream};

use super::{Announce, Echo, EchoClient, EchoPeer};
use crate::load::Load;

pub(crate) struct Tarpc;

/// What tarpc sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EchoMessage {
    id: u64,
    name: String,
    payload: Bytes,
}

#[::tarpc::service]
pub(crate) trait EchoService {
    async fn echo(message: EchoMessage) -> EchoMessage;
}

impl EchoPeer for Tarpc {
    const NAME: &'static str = "tarpc";
    type Client = EchoServiceClient;

    async fn serve(announce: Announce) -> Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let transport = serde_transport::Transport::from((stream, Bincode::default()));
            let config = server::Config {
                pending_response_buffer: Load::MAX as usize,
            };
            let answers = server::BaseChannel::new(config, transport).execute(Service.serve());
            tokio::spawn(answers.for_each(|answer| async {
                tokio::spawn(answer);
            }));
        }
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let transport = serde_transport::Transport::from((stream, Bincode::default()));
        let mut config = client::Config::default();
        config.max_in_flight_requests = usize::MAX;
        config.pending_request_buffer = Load::MAX as usize;
        Ok(EchoServiceClient::new(config, transport).spawn())
    }
}

impl EchoClient for EchoServiceClient {
    async fn echo(&mut self, request: Echo) -> Result<Echo> {
        let Echo { id, name, payload } = request;
        let EchoMessage { id, name, payload } =
            Self::echo(self, context::current(), EchoMessage { id, name, payload }).await?;
        Ok(Echo { id, name, payload })
    }
}

#[derive(Clone)]
struct Service;

impl EchoService for Service {
    async fn echo(self, _: context::Context, message: EchoMessage) -> EchoMessage {
        message
    }
}
