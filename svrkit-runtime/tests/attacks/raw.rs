//! A peer that speaks frames by hand and keeps to no rule.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;
use svrkit_runtime::Tlv;
use svrkit_runtime::wire::frame::{Facts, Frame, FrameDecoder, GoawayReason, Header, Hello, hello_header};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::words;

/// Where attackers come from: an address of its own, so that their share is not that of others.
const ATTACKER: &str = "127.0.0.66:0";

/// How a connection that attacks ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    /// Bytes sent.
    pub(crate) sent: u64,
    /// Answers to calls that it got.
    pub(crate) answers: u64,
    /// The last of them.
    pub(crate) last_answer: u32,
    /// What the goaway of reason *limit* or *protocol* said, if there was one.
    pub(crate) words: Option<String>,
}

pub(crate) async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // Only Linux has all of 127.0.0.0/8 from the start.
    #[cfg(target_os = "linux")]
    socket.bind(ATTACKER.parse().expect("it is an address"))?;
    socket.connect(address).await
}

/// A frame with its lengths filled in.
pub(crate) fn frame(header: Header, metadata: &[u8], body: &[u8]) -> Vec<u8> {
    let header = Header { metadata_len: metadata.len() as u16, body_len: body.len() as u32, ..header };
    [&header.to_bytes()[..], metadata, body].concat()
}

pub(crate) fn hello() -> Vec<u8> {
    frame(hello_header(), &[], &Hello::default().encode().unwrap())
}

/// Says hello, then sends what `next` gives, until the server ends the connection.
pub(crate) async fn attack(address: SocketAddr, next: impl FnMut() -> Option<Vec<u8>> + Send) -> End {
    exchange(address, hello(), next, |_| false).await
}

/// The same for frames that are answered: ends with the answers that are enough, or with the connection.
pub(crate) async fn call(
    address: SocketAddr,
    frames: Vec<Vec<u8>>,
    is_enough: impl Fn(&End) -> bool + Send,
) -> End {
    call_after(hello(), address, frames, is_enough).await
}

/// The same after another hello.
pub(crate) async fn call_after(
    hello: Vec<u8>,
    address: SocketAddr,
    frames: Vec<Vec<u8>>,
    is_enough: impl Fn(&End) -> bool + Send,
) -> End {
    let mut frames = frames.into_iter();
    exchange(address, hello, move || frames.next(), is_enough).await
}

async fn exchange(
    address: SocketAddr,
    hello: Vec<u8>,
    next: impl FnMut() -> Option<Vec<u8>> + Send,
    is_enough: impl Fn(&End) -> bool + Send,
) -> End {
    let Ok(stream) = connect(address).await else { return End::default() };
    let ((read, write), sent) = (stream.into_split(), AtomicU64::new(0));
    let end = tokio::select! {
        end = until_end(read, is_enough) => end,
        never = send(write, hello, next, &sent) => never,
    };
    End { sent: sent.load(Ordering::Relaxed), ..end }
}

/// Never ready: the server has the last word.
async fn send(
    mut write: OwnedWriteHalf,
    hello: Vec<u8>,
    mut next: impl FnMut() -> Option<Vec<u8>>,
    sent: &AtomicU64,
) -> End {
    let mut bytes = hello;
    while write.write_all(&bytes).await.is_ok() {
        sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        match next() {
            Some(more) => bytes = more,
            None => break,
        }
    }
    let _open = write;
    std::future::pending().await
}

/// Reads until the connection ends, or enough has come.
pub(crate) async fn until_end(mut read: OwnedReadHalf, is_enough: impl Fn(&End) -> bool) -> End {
    let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: u16::MAX };
    let (mut inbound, mut end) = (BytesMut::new(), End::default());
    loop {
        while let Some(frame) = decoder.decode(&mut inbound).unwrap() {
            note(&frame, &mut end);
            if is_enough(&end) {
                return end;
            }
        }
        // A reset is an end as well.
        if read.read_buf(&mut inbound).await.map_or(true, |len| len == 0) {
            return end;
        }
    }
}

fn note(frame: &Frame, end: &mut End) {
    match frame.header.facts {
        Facts::Response(_) => {
            end.answers += 1;
            end.last_answer = frame.header.call_id;
        }
        Facts::Goaway { reason: GoawayReason::Limit | GoawayReason::Protocol } => {
            end.words = Some(words(frame));
        }
        _ => {}
    }
}
