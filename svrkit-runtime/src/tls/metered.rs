//! A stream whose peer may send only so much until it has proved who it is.

use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much of what a peer says first is kept, to tell what it speaks if that is no TLS.
const START_LEN_MAX: usize = 512;

/// A stream under a handshake, and afterwards the same without a limit.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    stream: S,
    /// `None` once the handshake is over.
    meter: Option<Meter>,
}

#[derive(Debug)]
struct Meter {
    left: usize,
    /// More was asked for than may be sent: the next time is a failure, unless the handshake was over at the first.
    is_exceeded: bool,
    start: Vec<u8>,
}

/// The peer has sent more than it may before its handshake is over.
#[derive(Debug)]
pub(super) struct Exceeded;

impl<S> Metered<S> {
    /// `most`: how many bytes the peer may send until [`Self::free`].
    pub(super) fn new(stream: S, most: usize) -> Self {
        Self { stream, meter: Some(Meter { left: most, is_exceeded: false, start: Vec::new() }) }
    }

    /// The handshake is over.
    pub(super) fn free(&mut self) {
        self.meter = None;
    }

    /// The stream, and what its peer said first.
    pub(super) fn into_parts(self) -> (S, Vec<u8>) {
        (self.stream, self.meter.map(|meter| meter.start).unwrap_or_default())
    }
}

impl Meter {
    fn note(&mut self, read: &[u8]) {
        self.left -= read.len();
        let room = START_LEN_MAX - self.start.len();
        self.start.extend_from_slice(&read[..read.len().min(room)]);
    }
}

impl<S: AsyncRead + Unpin> Metered<S> {
    #[cold]
    fn poll_metered(
        &mut self,
        meter: &mut Meter,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if meter.left == 0 && buffer.remaining() > 0 {
            if mem::replace(&mut meter.is_exceeded, true) {
                return Poll::Ready(Err(io::Error::other(Exceeded)));
            }
            // Who shakes hands reads on until nothing is there, and then asks whether all was said.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let room = buffer.remaining().min(meter.left);
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        meter.note(part.filled());
        let len = part.filled().len();
        buffer.advance(len);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(mut meter) = mem::take(&mut self.meter) else {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        };
        let read = self.poll_metered(&mut meter, cx, buffer);
        self.meter = Some(meter);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl std::fmt::Display for Exceeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the peer sent more than it may before its handshake is over (tls.handshake_bytes)")
    }
}

impl std::error::Error for Exceeded {}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn a_peer_may_send_so_much_and_then_anything() {
        let (mut peer, stream) = duplex(4096);
        peer.write_all(&[7; 1000]).await.unwrap();
        let mut metered = Metered::new(stream, 600);
        let mut read = [0; 600];
        metered.read_exact(&mut read).await.unwrap();
        let error = metered.read(&mut [0; 1]).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<Exceeded>());
        metered.free();
        assert_eq!(metered.read(&mut [0; 1000]).await.unwrap(), 400, "nothing was lost");
    }

    #[tokio::test]
    async fn what_comes_first_is_kept_and_not_more() {
        let (mut peer, stream) = duplex(4096);
        peer.write_all(&[1; 300]).await.unwrap();
        peer.write_all(&[2; 300]).await.unwrap();
        let mut metered = Metered::new(stream, 1000);
        for _ in 0..6 {
            metered.read_exact(&mut [0; 100]).await.unwrap();
        }
        assert_eq!(metered.into_parts().1, [[1; 300].as_slice(), &[2; START_LEN_MAX - 300]].concat());
    }
}
