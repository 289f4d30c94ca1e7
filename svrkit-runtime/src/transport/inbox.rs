//! Frames on their way into one connection: reads bytes until a frame is whole.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

use super::flood::{Flood, USELESS, Worth};
use super::framing::Framing;
use super::patience::{Patience, Wait};
use crate::limits::Limits;
use crate::wire::frame::{
    FLAG_CHECKED, FLAG_COMPRESSED, FLAG_IN_PARTS, Facts, Frame, FrameDecoder, FrameError, Header, Parts,
    inflate,
};

/// Room made for reads: many small frames arrive in one.
const READ_CAPACITY: usize = 64 * 1024;

/// With less room than this left, a read would bring too little for its system call.
const READ_MIN: usize = 8 * 1024;

/// A part of fewer bytes costs as much to put to its body as a frame that brings nothing.
const PART_MIN: usize = 64;

thread_local! {
    /// A buffer that no connection of this thread needs just now.
    static SPARE: Cell<BytesMut> = Cell::default();
}

/// The read half of a connection.
///
/// It has a buffer while there is something in it: thousands of connections that say nothing hold none, and busy ones share what
/// is warm.
#[derive(Debug)]
pub(crate) struct Inbox<R> {
    socket: R,
    inbound: BytesMut,
    decoder: FrameDecoder,
    /// What frames may have that are not plain.
    framing: Framing,
    /// The body that comes in parts, if one does.
    parts: Parts,
    /// When the bytes came that were read last: one look at the clock for all frames of a read.
    read_at: Instant,
    /// How many frames were handed out since.
    frames: u32,
    bytes_read: u64,
    patience: Patience,
    /// The wait for the rest of a frame, where there was one of late.
    wait: Option<Box<Wait>>,
    flood: Flood,
}

/// Whether a long body is wanted that is announced by this header: asked before any of it has come. What nobody wants is thrown away as it comes, and its header
/// handed out at once, with [`FLAG_IN_PARTS`] in the place of a body.
pub(crate) type Wants<'a> = &'a (dyn Fn(&Header) -> bool + Sync);

/// All bodies are wanted.
pub(crate) const ALL: Wants<'static> = &|_| true;

/// Why no further frame comes.
#[derive(Debug)]
pub(crate) enum InboxError {
    /// The bytes are no frame.
    Frame(FrameError),
    /// The socket failed.
    Io(io::Error),
    /// The peer closed the connection in the middle of a frame.
    CutShort,
    /// It is over a limit that these words name: the peer has sent no frame as it should, or too many that serve no call.
    Limit(String),
}

impl<R: AsyncRead + Unpin> Inbox<R> {
    pub(crate) fn new(socket: R, decoder: FrameDecoder, limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            socket,
            inbound: BytesMut::new(),
            decoder,
            framing: Framing::default(),
            parts: Parts::default(),
            read_at: now,
            frames: 0,
            bytes_read: 0,
            patience: Patience::of(limits),
            wait: None,
            flood: Flood::new(limits.flood_frames, now),
        }
    }

    /// Changes the limits for frames to come, and says what they may have beside: what this side's hello does.
    pub(crate) fn limit(&mut self, decoder: FrameDecoder, framing: Framing) {
        (self.decoder, self.framing) = (decoder, framing);
    }

    /// When the last read brought bytes, those of the frame handed out last among them.
    pub(crate) fn read_at(&self) -> Instant {
        self.read_at
    }

    /// How many frames the last read has brought so far.
    pub(crate) fn frames(&self) -> u32 {
        self.frames
    }

    /// How many bytes have come so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Says what a frame was good for that was handed out.
    pub(crate) fn weigh(&mut self, worth: Worth) -> Result<(), InboxError> {
        match self.flood.takes(worth, self.read_at) {
            true => Ok(()),
            false => Err(InboxError::Limit(self.flood.words())),
        }
    }

    /// The next whole frame that has already arrived, without waiting.
    #[inline]
    pub(crate) fn arrived(&mut self, wants: Wants<'_>) -> Result<Option<Frame>, InboxError> {
        while let Some(frame) = self.decoder.decode(&mut self.inbound).map_err(InboxError::Frame)? {
            // Most are: those are not moved any further.
            let whole = if frame.is_plain() {
                frame
            } else {
                let Some(whole) = self.put_together(frame, wants)? else { continue };
                whole
            };
            if let Some(wait) = &mut self.wait
                && self.parts.is_empty()
            {
                wait.is_over();
            }
            self.frames = self.frames.saturating_add(1);
            return Ok(Some(whole));
        }
        Ok(None)
    }

    fn put_together(&mut self, frame: Frame, wants: Wants<'_>) -> Result<Option<Frame>, InboxError> {
        if frame.header.facts == Facts::Part && frame.body.len() < PART_MIN {
            self.weigh(USELESS)?;
        }
        self.make_plain(frame, wants).map_err(InboxError::Frame)
    }

    /// The frame as it was before it was sent, or, where nobody wants its body, what that was announced by. `None`: it waits for the rest of its body.
    fn make_plain(&mut self, mut frame: Frame, wants: Wants<'_>) -> Result<Option<Frame>, FrameError> {
        let unwanted = frame.header.flags & (FLAG_COMPRESSED | FLAG_CHECKED) & !self.framing.flags();
        if unwanted != 0 {
            return Err(FrameError::UnknownFlags { flags: unwanted });
        }
        frame.header.flags &= !FLAG_CHECKED;
        let begins = frame.header.flags & FLAG_IN_PARTS != 0;
        let Some(mut whole) = self.parts.take(frame)? else {
            let is_unwanted = begins && self.parts.announced().is_some_and(|header| !wants(header));
            return Ok(if is_unwanted { self.parts.throw_away() } else { None });
        };
        if whole.header.flags & FLAG_COMPRESSED != 0 {
            whole.body = inflate(&whole.body, self.decoder.body_len_max)?;
            whole.header.flags &= !FLAG_COMPRESSED;
            whole.header.body_len = whole.body.len() as u32;
        }
        Ok(Some(whole))
    }

    /// The next frame; `None` when the peer has closed between two frames.
    pub(crate) async fn next(&mut self, wants: Wants<'_>) -> Result<Option<Frame>, InboxError> {
        loop {
            if let Some(frame) = self.arrived(wants)? {
                return Ok(Some(frame));
            }
            match poll_fn(|cx| self.poll_read(cx)).await? {
                0 if self.is_between_frames() => return Ok(None),
                0 => return Err(InboxError::CutShort),
                len => {
                    (self.read_at, self.frames) = (Instant::now(), 0);
                    self.bytes_read += len as u64;
                }
            }
            if let Some(wait) = &mut self.wait {
                wait.heard(self.read_at);
            }
        }
    }

    fn is_between_frames(&self) -> bool {
        self.inbound.is_empty() && self.parts.is_empty()
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, InboxError>> {
        self.make_room();
        if let Poll::Ready(read) = pin!(self.socket.read_buf(&mut self.inbound)).poll(cx) {
            return Poll::Ready(read.map_err(InboxError::Io));
        }
        if self.inbound.is_empty() {
            let unused = mem::take(&mut self.inbound);
            if unused.capacity() <= READ_CAPACITY {
                SPARE.set(unused);
            }
        }
        if self.wait.is_none() && self.is_between_frames() {
            return Poll::Pending;
        }
        self.poll_late(cx)
    }

    /// Ready when the rest of a frame is late.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, InboxError>> {
        let (is_between_frames, received) = (self.is_between_frames(), self.inbound.len() + self.parts.len());
        let wait = self.wait.get_or_insert_default();
        if is_between_frames {
            ready!(wait.poll_idle(cx));
            self.wait = None;
            return Poll::Pending;
        }
        ready!(wait.poll_late(self.patience, received, cx));
        Poll::Ready(Err(InboxError::Limit(self.patience.words(received))))
    }

    fn make_room(&mut self) {
        if self.inbound.capacity() == 0 {
            self.inbound = SPARE.take();
        }
        if self.inbound.capacity() - self.inbound.len() < READ_MIN {
            // What is there already counts: asking for more than a buffer holds would take a new one each time.
            let missing = READ_CAPACITY.saturating_sub(self.inbound.len());
            self.inbound.reserve(missing.max(READ_MIN));
        }
    }

    /// What it read from, to be read no more as frames.
    pub(crate) fn into_socket(self) -> R {
        self.socket
    }
}

/// Reads on without looking, until the peer closes.
pub(crate) async fn discard(mut socket: impl AsyncRead + Unpin) {
    let mut room = BytesMut::with_capacity(READ_MIN);
    while socket.read_buf(&mut room).await.is_ok_and(|len| len > 0) {
        room.clear();
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn a_buffer_is_held_only_while_something_is_in_it() {
        let (mut peer, socket) = duplex(1024);
        let decoder = FrameDecoder { body_len_max: 0, metadata_len_max: 0 };
        let mut inbox = Inbox::new(socket, decoder, &Limits::default());
        let ping = Header::new(0, Facts::Ping(7)).to_bytes();
        for _ in 0..3 {
            let waits = poll_fn(|cx| Poll::Ready(pin!(inbox.next(ALL)).poll(cx).is_pending())).await;
            assert!(waits && inbox.inbound.capacity() == 0, "nothing is there");
            peer.write_all(&ping[..20]).await.unwrap();
            let waits = poll_fn(|cx| Poll::Ready(pin!(inbox.next(ALL)).poll(cx).is_pending())).await;
            assert!(waits && inbox.inbound == ping[..20], "a part of a frame stays");
            peer.write_all(&ping[20..]).await.unwrap();
            assert_eq!(inbox.next(ALL).await.unwrap().unwrap().header.facts, Facts::Ping(7));
            assert_eq!(SPARE.take().capacity(), 0, "this one has it");
        }
        drop(peer);
        assert!(inbox.next(ALL).await.unwrap().is_none());
    }
}
