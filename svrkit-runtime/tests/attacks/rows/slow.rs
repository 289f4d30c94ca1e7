//! Connections that say nothing, half a header, half a body, and hold on.

use std::time::Duration;

use svrkit_runtime::wire::frame::{FLAG_IN_PARTS, HEADER_LEN, Header};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Attack, Expected};
use crate::raw::{End, attack, connect, frame, hello, until_end};
use crate::support::request_header;

/// Longer than any limit. Of more connections at once than wait to be accepted, the system forgets some and tells who says nothing nothing.
const FORGOTTEN: Duration = Duration::from_secs(30);

pub(super) const ATTACK: Attack = Attack {
    row: "A1",
    what: "connections that are silent, or say half of a hello, a header, a body",
    expected: Expected::Cut(&["hello.timeout", "frame.timeout"]),
    run: |address, size| {
        Box::pin(async move {
            let mut connections = JoinSet::new();
            for number in 0..size {
                connections.spawn(async move {
                    let header = frame(request_header(1, 1), &[], &[7; 100]);
                    let in_parts = Header { flags: FLAG_IN_PARTS, body_len: 4 << 20, ..request_header(1, 1) };
                    match number % 5 {
                        0 => mute(address, &[]).await,
                        1 => mute(address, &hello()[..HEADER_LEN / 2]).await,
                        2 => once(address, header[..HEADER_LEN / 2].to_vec()).await,
                        3 => once(address, header[..header.len() - 1].to_vec()).await,
                        _ => once(address, in_parts.to_bytes().to_vec()).await,
                    }
                });
            }
            connections.join_all().await
        })
    },
};

/// Says so much, and not even hello.
async fn mute(address: std::net::SocketAddr, bytes: &[u8]) -> End {
    let Ok(mut stream) = connect(address).await else { return End::default() };
    let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, bytes).await;
    let (read, _write) = stream.into_split();
    timeout(FORGOTTEN, until_end(read, |_| false)).await.unwrap_or_default()
}

async fn once(address: std::net::SocketAddr, bytes: Vec<u8>) -> End {
    let mut bytes = Some(bytes);
    attack(address, move || bytes.take()).await
}
