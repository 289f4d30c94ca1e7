//! The out-buffer of one connection: many tasks add frames, one task writes them, many at a time.

use std::mem;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::frame::{self, HEADER_LEN, Kind};
use super::message;
use crate::peers::Echo;

#[derive(Debug, Default)]
pub(super) struct Outbound {
    pending: Mutex<Vec<u8>>,
    filled: Notify,
}

impl Outbound {
    /// Adds one frame. Fails when the message is longer than a frame may be.
    pub(super) fn push(&self, kind: Kind, call: u64, message: &Echo) -> Result<()> {
        let body_len = message::encoded_len(message);
        // Poisoned only by a panic between whole frames: what is there is sound.
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let was_empty = pending.is_empty();
        pending.reserve(HEADER_LEN + body_len);
        frame::encode_header(kind, call, body_len, &mut pending)?;
        message::encode(message, &mut pending);
        drop(pending);
        if was_empty {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Writes what is added, until the connection fails.
    pub(super) async fn write_to(&self, mut writer: impl AsyncWrite + Unpin) -> Result<()> {
        let mut batch = Vec::new();
        loop {
            self.filled.notified().await;
            // A send costs more than everything else together: first let every call that is ready add its frame.
            tokio::task::yield_now().await;
            mem::swap(
                &mut batch,
                &mut self.pending.lock().unwrap_or_else(PoisonError::into_inner),
            );
            writer.write_all(&batch).await?;
            batch.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::{Bytes, BytesMut};
    use std::sync::Arc;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn frames_of_many_tasks_leave_by_one_write() {
        let outbound = Arc::new(Outbound::default());
        let (writer, mut reader) = tokio::io::duplex(1 << 20);
        tokio::spawn({
            let outbound = Arc::clone(&outbound);
            async move { outbound.write_to(writer).await }
        });
        for call in 0..50 {
            let outbound = Arc::clone(&outbound);
            tokio::spawn(async move {
                let message = Echo {
                    id: call,
                    name: String::new(),
                    payload: Bytes::from(vec![1; 500]),
                };
                outbound.push(Kind::Response, call, &message)
            });
        }
        let mut inbound = BytesMut::new();
        // What one read finds was written at once: the writer runs on this thread, too.
        inbound.reserve(1 << 20);
        reader.read_buf(&mut inbound).await.unwrap();
        for call in 0..50 {
            let frame = frame::decode(Kind::Response, &mut inbound).unwrap().unwrap();
            assert_eq!(
                (frame.call, message::decode(frame.body).unwrap().id),
                (call, call)
            );
        }
        assert!(inbound.is_empty());
    }
}
