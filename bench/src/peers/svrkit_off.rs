//! svrkit without protection at either side: beside it, what protection costs while nothing is wrong.

use std::net::SocketAddr;

use anyhow::Result;
use svrkit_runtime::{Client, ClientProtection, Mode};

use super::svrkit::generated::bench::echo;
use super::svrkit::{serve, server};
use super::{Announce, EchoPeer};

pub(crate) struct SvrkitOff;

impl EchoPeer for SvrkitOff {
    const NAME: &'static str = "svrkit-off";
    type Client = echo::EchoClient;

    async fn serve(announce: Announce) -> Result<()> {
        serve(server().admission(Mode::Off), announce).await
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        let client = Client::builder(address.to_string())
            .protection(ClientProtection::off())
            .connect()
            .await?;
        Ok(echo::EchoClient::new(client))
    }
}
