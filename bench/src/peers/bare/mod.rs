//! bare: what is left of an RPC when everything but the bytes is taken away. The floor the others stand on.
//!
//! Frames with a header of 32 bytes, one task per call, TLV decoded to an owned message and encoded again by hand,
//! responses through one out-buffer per connection whose writer yields once and then writes once. It has no deadlines,
//! no cancels, no limits but the length of a frame, no names and no hooks.

mod client;
mod frame;
mod message;
mod outbound;
mod server;

use std::net::SocketAddr;

use anyhow::Result;

use super::{Announce, EchoPeer};

pub(crate) struct Bare;

impl EchoPeer for Bare {
    const NAME: &'static str = "bare";
    type Client = client::Client;

    async fn serve(announce: Announce) -> Result<()> {
        server::serve(announce).await
    }

    async fn connect(address: SocketAddr) -> Result<Self::Client> {
        client::Client::connect(address).await
    }
}
