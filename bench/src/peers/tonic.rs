//! tonic: gRPC over plain HTTP/2, prost messages, stubs by `tonic-build` (see `build.rs`; no protoc).
//!
//! Defaults but for `TCP_NODELAY`, which its own client and server turn on as well. The payload is `Bytes`, so
//! that prost copies it no more than it must.

use std::net::SocketAddr;
use std::pin::Pin;

use anyhow::Result;
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};

use super::{Announce, Echo, EchoClient, EchoPeer, Messages, StreamClient};
use generated::echo_client;
use generated::echo_server::{self, EchoServer};

#[expect(
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "tonic-build writes it"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/bench.echo.Echo.rs"));
}

pub(crate) struct Tonic;

/// What tonic sends.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct EchoMessage {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(bytes = "bytes", tag = "3")]
    payload: Bytes,
}

impl EchoPeer for Tonic {
    const NAME: &'static str = "tonic";
    type Client = echo_client::EchoClient<Channel>;

    async fn serve(announce: Announce) -> Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        Server::builder()
            .add_service(EchoServer::new(Service))
            .serve_with_incoming(incoming)
            .await?;
        Ok(())
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true);
        Ok(echo_client::EchoClient::new(endpoint.connect().await?))
    }
}

impl EchoClient for echo_client::EchoClient<Channel> {
    async fn echo(&mut self, request: Echo) -> Result<Echo> {
        let Echo { id, name, payload } = request;
        let EchoMessage { id, name, payload } = Self::echo(self, EchoMessage { id, name, payload })
            .await?
            .into_inner();
        Ok(Echo { id, name, payload })
    }
}

impl StreamClient for echo_client::EchoClient<Channel> {
    type Messages = Streaming<EchoMessage>;

    async fn pour(&mut self, first: Echo) -> Result<Self::Messages> {
        let Echo { id, name, payload } = first;
        Ok(Self::pour(self, EchoMessage { id, name, payload })
            .await?
            .into_inner())
    }
}

impl Messages for Streaming<EchoMessage> {
    async fn next(&mut self) -> Result<Option<(u64, usize)>> {
        let message = self.message().await?;
        Ok(message.map(|message| (message.id, message.payload.len())))
    }
}

struct Service;

#[tonic::async_trait]
impl echo_server::Echo for Service {
    async fn echo(&self, request: Request<EchoMessage>) -> Result<Response<EchoMessage>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    type PourStream = Pin<Box<dyn Stream<Item = Result<EchoMessage, Status>> + Send>>;

    /// Without a channel between: the fastest way there is.
    async fn pour(&self, request: Request<EchoMessage>) -> Result<Response<Self::PourStream>, Status> {
        let first = request.into_inner();
        let messages =
            futures::stream::iter(first.id..).map(move |id| Ok(EchoMessage { id, ..first.clone() }));
        Ok(Response::new(Box::pin(messages)))
    }
}
