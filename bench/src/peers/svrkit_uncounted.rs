//! svrkit without the metrics that it has by default, at both sides: what the case `monitor` compares with.

use std::net::SocketAddr;

use anyhow::Result;
use svrkit_runtime::Client;

use super::svrkit::generated::bench::echo;
use super::svrkit::{serve, server};
use super::{Announce, EchoPeer};

pub(crate) struct SvrkitUncounted;

impl EchoPeer for SvrkitUncounted {
    const NAME: &'static str = "svrkit-uncounted";
    type Client = echo::EchoClient;

    async fn serve(announce: Announce) -> Result<()> {
        serve(server().without_metrics(), announce).await
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        let client = Client::builder(address.to_string())
            .without_metrics()
            .connect()
            .await?;
        Ok(echo::EchoClient::new(client))
    }
}
