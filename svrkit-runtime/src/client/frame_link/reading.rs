//! What the server sends, frame by frame: the reading task's work.

use std::sync::atomic::Ordering;

use tokio::io::AsyncRead;
use tokio::time::Instant;

use super::FrameLink;
use super::ending::goaway_words;
use crate::client::connection::Link;
use crate::monitor::{ConnectionWatch, Ending};
use crate::status::catalogue::connecting;
use crate::status::{Status, from_wire};
use crate::stream;
use crate::transport::{ALL, Inbox, InboxError, USELESS, Worth};
use crate::wire::frame::{Facts, Frame, Header};

impl FrameLink {
    /// Reads until the connection ends, and tells all who wait of it.
    pub(super) async fn read(&self, mut inbox: Inbox<impl AsyncRead + Unpin>, mut watch: ConnectionWatch) {
        let why = loop {
            match inbox.next(ALL).await {
                Ok(Some(frame)) => match self.take_all(frame, &mut inbox) {
                    Ok(()) => {}
                    Err(why) => break why,
                },
                Ok(None) => break Ok(None),
                Err(error) => break Ok(Some(error)),
            }
        };
        self.departure.begin();
        match &why {
            Ok(None) => watch.end(Ending::Closed, self.goaway.get().map_or("", |(_, words)| words)),
            Ok(Some(InboxError::Frame(error))) => watch.end(Ending::Protocol, error.to_string()),
            Ok(Some(InboxError::Limit(words))) => watch.end(Ending::Limit, words),
            Ok(Some(InboxError::Io(error))) => watch.end(Ending::Lost, error.to_string()),
            Ok(Some(InboxError::CutShort)) => {
                watch.end(Ending::Lost, connecting::frame_cut_short().message())
            }
            Err(refused) => watch.end(Ending::Protocol, refused.message()),
        }
        self.pending.close(|waiting| match why {
            Ok(None) => self.closed(waiting),
            Ok(Some(error)) => self.broken(error, waiting),
            Err(refused) => self.lost(refused, waiting),
        });
        self.streams.close_all();
    }

    /// Takes `frame` and what has been read with it; `Err`: why nothing more is read.
    fn take_all(
        &self,
        mut frame: Frame,
        inbox: &mut Inbox<impl AsyncRead + Unpin>,
    ) -> Result<(), Result<Option<InboxError>, Status>> {
        self.silence.heard();
        self.activity.note(inbox.read_at());
        loop {
            self.frames_read.store(inbox.frames(), Ordering::Relaxed);
            let worth = self.take(frame, inbox.read_at()).map_err(Err)?;
            inbox.weigh(worth).map_err(|error| Ok(Some(error)))?;
            match inbox.arrived(ALL) {
                Ok(Some(next)) => frame = next,
                Ok(None) => return Ok(()),
                Err(error) => return Err(Ok(Some(error))),
            }
        }
    }

    fn take(&self, frame: Frame, read_at: Instant) -> Result<Worth, Status> {
        let call_id = frame.header.call_id;
        let worth = match frame.header.facts {
            // Nobody may wait for it any more: given up, or answered already.
            Facts::Response(facts) => {
                self.gate.note_level(facts.level, read_at);
                let was_waited_for = match facts.code {
                    0 if facts.degraded => self.pending.answer_degraded(call_id, frame.body),
                    0 => self.pending.answer(call_id, Ok(frame.body)),
                    _ => self.pending.answer(call_id, Err(from_wire(&facts, &frame.body))),
                };
                self.streams.close(call_id);
                self.leave_when_idle();
                if was_waited_for { Worth::Call } else { USELESS }
            }
            Facts::Goaway { reason } => {
                let _ = self.goaway.set((reason, goaway_words(&frame, reason)));
                self.leave();
                USELESS
            }
            // A server that floods pings and reads nothing gets no more pongs.
            Facts::Ping(token) if !self.outbox.is_stuck() => {
                self.outbox.push(Header::new(0, Facts::Pong(token)), &[], &[]);
                USELESS
            }
            Facts::Ping(_) | Facts::Pong(_) | Facts::Skippable(_) => USELESS,
            Facts::Message => stream::receive(self, frame).map_err(connecting::stream_broken)?,
            Facts::Credit(bytes) => stream::grant(self, call_id, bytes).map_err(connecting::stream_broken)?,
            Facts::Hello { .. } => return Err(connecting::hello_repeated()),
            // The inbox has put them together.
            Facts::Part => USELESS,
            Facts::Request(_) | Facts::Cancel | Facts::End(_) => {
                return Err(connecting::frame_of_callers());
            }
        };
        Ok(worth)
    }
}
