//! Frames on their way into one connection: reads bytes until a frame is whole.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

use crate::wire::frame::{Frame, FrameDecoder, FrameError};

/// Room made for reads: many small frames arrive in one.
const READ_CAPACITY: usize = 64 * 1024;

/// With less room than this left, a read would bring too little for its system call.
const READ_MIN: usize = 8 * 1024;

/// The read half of a connection.
#[derive(Debug)]
pub(crate) struct Inbox<R> {
    socket: R,
    inbound: BytesMut,
    decoder: FrameDecoder,
    /// When the bytes came that were read last: one look at the clock for all frames of a read.
    read_at: Instant,
}

/// Why no further frame comes.
#[derive(Debug)]
pub(crate) enum InboxError {
    /// The bytes are no frame.
    Frame(FrameError),
    /// The socket failed.
    Io(io::Error),
    /// The peer closed the connection in the middle of a frame.
    CutShort,
}

impl<R: AsyncRead + Unpin> Inbox<R> {
    pub(crate) fn new(socket: R, decoder: FrameDecoder) -> Self {
        Self { socket, inbound: BytesMut::new(), decoder, read_at: Instant::now() }
    }

    /// Changes the limits for frames to come.
    pub(crate) fn limit(&mut self, decoder: FrameDecoder) {
        self.decoder = decoder;
    }

    /// When the last read brought bytes, those of the frame handed out last among them.
    pub(crate) fn read_at(&self) -> Instant {
        self.read_at
    }

    /// The next frame that has already arrived, without waiting.
    pub(crate) fn arrived(&mut self) -> Result<Option<Frame>, InboxError> {
        self.decoder.decode(&mut self.inbound).map_err(InboxError::Frame)
    }

    /// The next frame; `None` when the peer has closed between two frames.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, InboxError> {
        loop {
            if let Some(frame) = self.arrived()? {
                return Ok(Some(frame));
            }
            if self.inbound.capacity() - self.inbound.len() < READ_MIN {
                // What is there already counts: asking for more than a buffer holds would take a new one each time.
                let missing = READ_CAPACITY.saturating_sub(self.inbound.len());
                self.inbound.reserve(missing.max(READ_MIN));
            }
            match self.socket.read_buf(&mut self.inbound).await {
                Ok(0) if self.inbound.is_empty() => return Ok(None),
                Ok(0) => return Err(InboxError::CutShort),
                Ok(_) => self.read_at = Instant::now(),
                Err(error) => return Err(InboxError::Io(error)),
            }
        }
    }

    /// Reads on without looking, until the peer closes.
    pub(crate) async fn discard(&mut self) {
        loop {
            self.inbound.clear();
            self.inbound.reserve(READ_MIN);
            match self.socket.read_buf(&mut self.inbound).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}
