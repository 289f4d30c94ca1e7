//! The server: one task per connection that reads, one that writes, and one per call.

use std::sync::Arc;

use anyhow::Result;
use bytes::BytesMut;
use tokio::net::{TcpListener, TcpStream};

use super::frame::{self, Frame, Kind};
use super::message;
use super::outbound::Outbound;
use crate::peers::{Announce, Echo};

pub(super) async fn serve(announce: Announce) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = serve_connection(stream).await {
                eprintln!("bare: a connection ended: {error:#}");
            }
        });
    }
}

async fn serve_connection(stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, writer) = stream.into_split();
    let outbound = Arc::new(Outbound::default());
    let writing = tokio::spawn({
        let outbound = Arc::clone(&outbound);
        async move { outbound.write_to(writer).await }
    });
    let mut inbound = BytesMut::new();
    let read = async {
        loop {
            while let Some(frame) = frame::decode(Kind::Request, &mut inbound)? {
                let outbound = Arc::clone(&outbound);
                tokio::spawn(async move {
                    if let Err(error) = answer(frame, &outbound).await {
                        eprintln!("bare: a call failed: {error:#}");
                    }
                });
            }
            if !frame::read_more(&mut reader, &mut inbound).await? {
                return Ok(());
            }
        }
    };
    let ended = read.await;
    writing.abort();
    ended
}

async fn answer(frame: Frame, outbound: &Outbound) -> Result<()> {
    let request = message::decode(frame.body)?;
    let response = echo(request).await;
    outbound.push(Kind::Response, frame.call, &response)
}

/// The handler, an `async fn` as everybody's.
async fn echo(request: Echo) -> Echo {
    request
}
