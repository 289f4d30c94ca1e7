//! What a peer sends, frame by frame: the reading task's work.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout};

use super::arrival::Read;
use super::whose::Attendants;
use super::{Connection, Leave};
use crate::dispatch::{Starts, Together};
use crate::metrics::Batch;
use crate::monitor::ConnectionWatch;
use crate::server::Shared;
use crate::server::pace::Pace;
use crate::status::from_wire;
use crate::stream;
use crate::task;
use crate::transport::{ALL, Inbox, InboxError, UNDONE, USELESS, Worth};
use crate::wire::frame::{Facts, Frame, FrameDecoder, Header};

/// The key under which the reading task waits for room; calls wait under their ids, and 0 is no call's.
const READER: u32 = 0;

impl Connection {
    /// Reads until the peer closes (`Ok`) or the connection is to end before that.
    pub(super) async fn read(
        self: &Arc<Self>,
        inbox: &mut Inbox<impl AsyncRead + Unpin>,
        watch: &mut ConnectionWatch,
        shared: &Shared,
    ) -> Result<(), Leave> {
        let hello = match timeout(self.limits.hello_timeout, inbox.next(ALL)).await {
            Err(_) => {
                let limit = self.limits.hello_timeout.as_millis();
                return Err(Leave::limit(format!("no whole hello within {limit} ms (hello.timeout)")));
            }
            Ok(Err(error)) => return Err(Leave::by(error, &self.outbox)),
            Ok(Ok(None)) => return Ok(()),
            Ok(Ok(Some(frame))) => frame,
        };
        self.greet(&hello, shared)?;
        // Not before: a goaway in place of a hello turns the peer away.
        let _timers = AbortOnDrop(task::spawn({
            let connection = Arc::clone(self);
            async move { connection.keep_time().await }
        }));
        watch.open_with(self.peer_name.get().cloned().unwrap_or_else(|| "".into()));
        let decoder = FrameDecoder {
            body_len_max: self.limits.message_in,
            metadata_len_max: self.limits.metadata_bytes,
        };
        inbox.limit(decoder, shared.framing);
        let mut pace = Pace::default();
        let mut refused = 0;
        let mut attendants = self.attendants(shared);
        let wants = |header: &Header| self.wants(header, shared);
        loop {
            // A peer that does not read its answers gets no more of them.
            self.outbox.room(READER).await;
            let mut frame = match inbox.next(&wants).await {
                Ok(Some(frame)) => frame,
                Ok(None) => return Ok(()),
                Err(error) => return Err(Leave::by(error, &self.outbox)),
            };
            self.activity.note(inbox.read_at());
            self.bytes_in.store(inbox.bytes_read(), Ordering::Relaxed);
            let now = if inbox.frames() == 1 { inbox.read_at() } else { Instant::now() };
            pace.begin_batch(now);
            let together = Together::begin(inbox.read_at(), now);
            let counted = Batch::begin(self.metrics.as_ref());
            loop {
                let read = Read { at: inbox.read_at(), is_first: inbox.frames() == 1 };
                let worth =
                    self.take(frame, read, || pace.allows(|| together.look()), shared, &mut attendants)?;
                inbox.weigh(worth).map_err(|error| Leave::by(error, &self.outbox))?;
                if !self.outbox.has_room(0) {
                    break;
                }
                match inbox.arrived(&wants) {
                    Ok(Some(next)) => frame = next,
                    Ok(None) => break,
                    Err(error) => return Err(Leave::by(error, &self.outbox)),
                }
            }
            drop(together);
            pace.end_batch(counted.end());
            self.weigh_refused(inbox, &mut refused).map_err(|error| Leave::by(error, &self.outbox))?;
        }
    }

    /// Calls that began and were refused by their caller's fault have brought nothing. `before`: how many there were when this was asked
    /// last.
    fn weigh_refused(
        &self,
        inbox: &mut Inbox<impl AsyncRead + Unpin>,
        before: &mut u32,
    ) -> Result<(), InboxError> {
        let refused = self.refused.load(Ordering::Relaxed);
        for _ in 0..refused.wrapping_sub(*before) {
            inbox.weigh(UNDONE)?;
        }
        *before = refused;
        Ok(())
    }

    fn take(
        self: &Arc<Self>,
        frame: Frame,
        read: Read,
        may_start: impl FnOnce() -> bool,
        shared: &Shared,
        attendants: &mut Attendants,
    ) -> Result<Worth, Leave> {
        let call_id = frame.header.call_id;
        let worth = match frame.header.facts {
            Facts::Request(_) | Facts::Cancel | Facts::Message | Facts::End(_) if call_id == 0 => {
                return Err(Leave::protocol("call id 0, which means the connection".into()));
            }
            Facts::Request(facts) => {
                let starts = if may_start() { Starts::AtOnce } else { Starts::OnItsTask };
                self.request(facts, frame, read, starts, shared, attendants)
            }
            Facts::Cancel => {
                self.in_flight.cancel(call_id);
                UNDONE
            }
            Facts::Ping(token) => {
                self.outbox.push(Header::new(0, Facts::Pong(token)), &[], &[]);
                USELESS
            }
            // A goaway from a caller says only that it will leave.
            Facts::Pong(_) | Facts::Goaway { .. } | Facts::Skippable(_) => USELESS,
            Facts::Hello { .. } => return Err(Leave::protocol("a second hello".into())),
            Facts::Response(_) => return Err(Leave::protocol("a response from a caller".into())),
            // The inbox has put them together.
            Facts::Part => USELESS,
            Facts::Message => stream::receive(&**self, frame).map_err(Leave::violation)?,
            Facts::End(facts) => {
                let outcome = if facts.code == 0 { Ok(()) } else { Err(from_wire(&facts, &frame.body)) };
                stream::receive_end(&**self, call_id, outcome).map_err(Leave::violation)?
            }
            Facts::Credit(bytes) => stream::grant(&**self, call_id, bytes).map_err(Leave::violation)?,
        };
        Ok(worth)
    }
}

/// Ends a task with the one that needs it.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
