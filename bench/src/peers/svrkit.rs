//! svrkit: this project, as its generated code and its defaults make it.
//!
//! Nothing is changed for the comparison but the deadline, which the schema sets to tarpc's 10 s (`schemas/echo.xml`), and the
//! limit of connections, which the case `idle` is above.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use svrkit_runtime::{Limits, Sender, Server, ServerStream, Status};

use super::{Announce, Echo, EchoClient, EchoPeer, Messages, StreamClient};
use generated::bench::echo::{self, EchoMessage, EchoServer};

pub(super) mod generated {
    svrkit_runtime::include_protocols!();
}

pub(crate) struct Svrkit;

impl EchoPeer for Svrkit {
    const NAME: &'static str = "svrkit";
    type Client = echo::EchoClient;

    async fn serve(announce: Announce) -> Result<()> {
        serve(server(), announce).await
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        Ok(echo::EchoClient::connect(address.to_string()).await?)
    }
}

impl EchoClient for echo::EchoClient {
    async fn echo(&mut self, request: Echo) -> Result<Echo> {
        let Echo { id, name, payload } = request;
        let EchoMessage {
            id, name, payload, ..
        } = Self::echo(
            self,
            &EchoMessage {
                id,
                name,
                payload,
                ..EchoMessage::default()
            },
        )
        .await?;
        Ok(Echo { id, name, payload })
    }
}

pub(super) fn server() -> Server {
    let limits = Limits {
        connections: 100_000,
        ..Limits::default()
    };
    Server::new().limits(limits).service(EchoServer::new(Service))
}

pub(super) async fn serve(server: Server, announce: Announce) -> Result<()> {
    let bound = server.bind("127.0.0.1:0").await?;
    announce(bound.local_addr().socket_addr().context("it listens on a port")?);
    bound.run().await?;
    Ok(())
}

impl StreamClient for echo::EchoClient {
    type Messages = ServerStream<EchoMessage>;

    async fn pour(&mut self, first: Echo) -> Result<Self::Messages> {
        let Echo { id, name, payload } = first;
        Ok(Self::pour(
            self,
            &EchoMessage {
                id,
                name,
                payload,
                ..EchoMessage::default()
            },
        ))
    }
}

impl Messages for ServerStream<EchoMessage> {
    async fn next(&mut self) -> Result<Option<(u64, usize)>> {
        let message = Self::next(self).await?;
        Ok(message.map(|message| (message.id, message.payload.len())))
    }
}

struct Service;

impl echo::Echo for Service {
    async fn echo(&self, request: EchoMessage) -> Result<EchoMessage, Status> {
        Ok(request)
    }

    async fn pour(&self, mut message: EchoMessage, mut out: Sender<EchoMessage>) -> Result<(), Status> {
        loop {
            out.send(&message).await?;
            message.id += 1;
        }
    }
}
