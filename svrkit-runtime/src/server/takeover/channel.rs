//! Messages and sockets through a connection between two servers on one machine.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::error::TakeoverError;
use super::message::{HEADER_LEN, Header, Message, NoMessage};

/// Sockets that come with one message; what is beyond is closed by the system.
const SOCKETS_MAX: usize = 2;

/// Sockets are not for programs that this one starts.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const RECEIVE: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const RECEIVE: RecvFlags = RecvFlags::empty();

/// A connection between two servers, of which one takes over from the other.
#[derive(Debug)]
pub(super) struct Channel {
    stream: UnixStream,
    /// What each message of the other side is given (`takeover.handshake`).
    patience: Duration,
    /// The process at the other end, where the system knows it.
    peer: Option<i32>,
}

impl Channel {
    /// # Errors
    /// The other end is a process of another user, who is not root.
    pub(super) fn new(stream: UnixStream, patience: Duration) -> Result<Self, TakeoverError> {
        let peer = stream.peer_cred().map_err(TakeoverError::Lost)?;
        let own = rustix::process::geteuid().as_raw();
        if peer.uid() != own && peer.uid() != 0 {
            return Err(TakeoverError::Stranger { user: peer.uid(), own });
        }
        Ok(Self { stream, patience, peer: peer.pid() })
    }

    /// The process at the other end, in words.
    pub(super) fn peer(&self) -> String {
        self.peer.map_or_else(|| "another process".into(), |pid| format!("process {pid}"))
    }

    /// Sends a message, and copies of `sockets` with it.
    pub(super) async fn send(
        &mut self,
        message: &Message,
        sockets: &[BorrowedFd<'_>],
    ) -> Result<(), TakeoverError> {
        let (limit, bytes) = (self.patience, message.to_bytes());
        match timeout(limit, self.write(&bytes, sockets)).await {
            Ok(sent) => sent.map_err(TakeoverError::Lost),
            Err(_) => Err(TakeoverError::Late { limit }),
        }
    }

    /// The next message, in time, and the sockets that came with it; `None`: the other end is gone.
    pub(super) async fn receive(&mut self) -> Result<Option<(Message, Vec<OwnedFd>)>, TakeoverError> {
        let limit = self.patience;
        timeout(limit, self.wait()).await.unwrap_or(Err(TakeoverError::Late { limit }))
    }

    /// The same whenever it comes.
    pub(super) async fn wait(&mut self) -> Result<Option<(Message, Vec<OwnedFd>)>, TakeoverError> {
        match self.read().await {
            // Whoever was killed leaves what it had not read.
            Err(TakeoverError::Lost(error)) if is_end(&error) => Ok(None),
            read => read.map(Some),
        }
    }

    async fn write(&mut self, bytes: &[u8], sockets: &[BorrowedFd<'_>]) -> io::Result<()> {
        let first = || {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(SOCKETS_MAX))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            if !sockets.is_empty() && !control.push(SendAncillaryMessage::ScmRights(sockets)) {
                return Err(ErrorKind::InvalidInput.into());
            }
            Ok(sendmsg(&self.stream, &[IoSlice::new(bytes)], &mut control, SendFlags::empty())?)
        };
        let sent = self.stream.async_io(Interest::WRITABLE, first).await?;
        // The sockets went with the first byte.
        self.stream.write_all(&bytes[sent..]).await
    }

    async fn read(&mut self) -> Result<(Message, Vec<OwnedFd>), TakeoverError> {
        let (mut header, mut filled, mut sockets) = ([0; HEADER_LEN], 0, Vec::new());
        while filled < HEADER_LEN {
            filled +=
                self.read_part(&mut header[filled..], &mut sockets).await.map_err(TakeoverError::Lost)?;
        }
        let foreign = |error: NoMessage| TakeoverError::Foreign { why: error.to_string() };
        let header = Header::parse(header).map_err(foreign)?;
        let mut body = vec![0; header.body_len];
        self.stream.read_exact(&mut body).await.map_err(TakeoverError::Lost)?;
        Ok((Message::parse(header, &body).map_err(foreign)?, sockets))
    }

    async fn read_part(&self, buffer: &mut [u8], sockets: &mut Vec<OwnedFd>) -> io::Result<usize> {
        let part = || {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(SOCKETS_MAX))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let read = recvmsg(&self.stream, &mut [IoSliceMut::new(buffer)], &mut control, RECEIVE)?;
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(passed) = message {
                    sockets.extend(passed);
                }
            }
            Ok(read.bytes)
        };
        match self.stream.async_io(Interest::READABLE, part).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

/// Whether the other end is gone.
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}
