//! The hidden command `__hold PEER ADDRESS`: opens connections, calls once on each, and holds them until it is killed.

use std::future::pending;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use bytes::Bytes;

use crate::peers::{Echo, EchoClient, EchoPeer};

/// What it prints once all are open.
pub(crate) const HELD: &str = "held";

/// Opens `connections` to `address`, one after the other: what is measured is holding, not opening.
pub(crate) async fn hold<P: EchoPeer>(address: SocketAddr, connections: u32) -> Result<()> {
    let mut held = Vec::new();
    for number in 1..=connections {
        let opened = async {
            let mut client = P::connect(address).await?;
            let echo = Echo {
                id: number.into(),
                name: "idle".into(),
                payload: Bytes::from_static(&[7; 64]),
            };
            client.echo(echo).await?;
            anyhow::Ok(client)
        };
        held.push(opened.await.with_context(|| format!("connection {number}"))?);
    }
    println!("{HELD}");
    pending().await
}
