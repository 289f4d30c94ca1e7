//! One connection: a request in, an answer out, and closed.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::request::{Head, Method, Refusal, Request};
use super::{HttpStatus, Response};
use crate::transport::{ReadHalf, Socket, WriteHalf, discard};

/// What a client gets to read its answer and close.
const LINGER: Duration = Duration::from_secs(1);

/// What a client may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of the head, and as many of the body (`admin.head`).
    pub(crate) head_len_max: usize,
    /// To send the request, and as much to take the answer (`admin.timeout`).
    pub(crate) timeout: Duration,
}

/// A connection on which one request is answered. Errors of its socket are the client's leaving: nobody is there to be told.
pub(crate) struct Exchange {
    read: ReadHalf,
    write: WriteHalf,
    bounds: Bounds,
    /// HEAD was asked for.
    without_body: bool,
}

impl Exchange {
    pub(crate) fn new(socket: Socket, bounds: Bounds) -> Self {
        let (read, write) = socket.into_split();
        Self { read, write, bounds, without_body: false }
    }

    /// The request. `None`: the client has left before it was whole.
    pub(crate) async fn request(&mut self) -> Option<Result<Request, Refusal>> {
        let Bounds { head_len_max, timeout: limit } = self.bounds;
        let Ok(request) = timeout(limit, receive(&mut self.read, head_len_max)).await else {
            let words = format!("no whole request within {} ms (admin.timeout)", limit.as_millis());
            return Some(Err(Refusal::new(HttpStatus::REQUEST_TIMEOUT, words)));
        };
        let request = request.ok()?;
        self.without_body = request.as_ref().is_ok_and(|request| request.method == Method::Head);
        Some(request)
    }

    /// Sends the answer.
    pub(crate) async fn answer(&mut self, response: &Response) {
        let bytes = response.to_bytes(!self.without_body);
        let sent = async {
            self.write.write_all(&bytes).await?;
            self.write.shutdown().await
        };
        let _: Result<io::Result<()>, _> = timeout(self.bounds.timeout, sent).await;
    }

    /// Lets the client read it: closing with bytes unread would reset the connection, and the answer with it.
    pub(crate) async fn close(self) {
        let _ = timeout(LINGER, discard(self.read)).await;
    }
}

/// A request, or why it is none.
async fn receive(
    read: &mut (impl AsyncRead + Unpin),
    len_max: usize,
) -> io::Result<Result<Request, Refusal>> {
    let mut bytes = Vec::new();
    let head = loop {
        // Read anew with every read: a head comes in one or two, and ends at its limit.
        match Head::parse(&bytes, len_max) {
            Ok(Some(head)) => break head,
            Ok(None) => read_more(read, &mut bytes).await?,
            Err(refusal) => return Ok(Err(refusal)),
        }
    };
    while bytes.len() < head.request_len() {
        read_more(read, &mut bytes).await?;
    }
    Ok(Ok(head.into_request(&bytes)))
}

/// Most bytes of one read.
const READ_LEN: usize = 4096;

async fn read_more(read: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.reserve(READ_LEN);
    match read.take(READ_LEN as u64).read_buf(bytes).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
