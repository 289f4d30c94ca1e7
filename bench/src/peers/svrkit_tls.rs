//! svrkit over TLS 1.3, by the feature `tls`: the same service, a certificate of ECDSA P-256 that stands for itself, and no
//! certificates of clients.

use std::net::SocketAddr;

use anyhow::Result;
use svrkit_runtime::Client;
use svrkit_runtime::tls::{ClientTls, Pem, ServerTls};

use super::svrkit::generated::bench::echo;
use super::svrkit::{serve, server};
use super::{Announce, EchoPeer};

const CERTIFICATE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tls.crt"));
const KEY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tls.key"));

pub(crate) struct SvrkitTls;

impl EchoPeer for SvrkitTls {
    const NAME: &'static str = "svrkit-tls";
    type Client = echo::EchoClient;

    async fn serve(announce: Announce) -> Result<()> {
        let tls = ServerTls::builder(Pem::bytes(CERTIFICATE), Pem::bytes(KEY)).load()?;
        serve(server().tls(tls), announce).await
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        let tls = ClientTls::builder(Pem::bytes(CERTIFICATE)).load()?;
        let client = Client::builder(address.to_string()).tls(tls).connect().await?;
        Ok(echo::EchoClient::new(client))
    }
}
