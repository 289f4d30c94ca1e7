//! The out-buffer of one connection: many tasks add frames, one task writes them, many at a time.
//!
//! Short payloads are copied in, one after another; long ones are kept by reference and never copied.

use std::io::IoSlice;
use std::mem;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, ensure};
use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::frame::{self, Kind};
use super::message;
use crate::peers::Echo;

/// Payloads from this length on are not copied.
const REFERENCE_LEN_MIN: usize = 4 << 10;
/// Pieces handed to the kernel by one write.
const SLICES_MAX: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Outbound {
    pending: Mutex<Batch>,
    filled: Notify,
}

/// Bytes that wait to be written.
#[derive(Debug, Default)]
struct Batch {
    /// Everything but long payloads.
    copied: Vec<u8>,
    /// Long payloads, and the length of `copied` where each belongs.
    referred: Vec<(usize, Bytes)>,
}

impl Outbound {
    /// Adds one frame. Fails when the message is longer than a frame may be.
    pub(super) fn push(&self, kind: Kind, call: u64, message: &Echo) -> Result<()> {
        let body_len = message::encoded_len(message);
        // Poisoned only by a panic between whole frames: what is there is sound.
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let was_empty = pending.copied.is_empty();
        frame::encode_header(kind, call, body_len, &mut pending.copied)?;
        message::encode_all_but_payload(message, &mut pending.copied);
        if message.payload.len() < REFERENCE_LEN_MIN {
            pending.copied.extend_from_slice(&message.payload);
        } else {
            let at = pending.copied.len();
            pending.referred.push((at, message.payload.clone()));
        }
        drop(pending);
        if was_empty {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Writes what is added, until the connection fails.
    pub(super) async fn write_to(&self, mut writer: impl AsyncWrite + Unpin) -> Result<()> {
        let mut batch = Batch::default();
        loop {
            self.filled.notified().await;
            // A send costs more than everything else together: first let every call that is ready add its frame.
            tokio::task::yield_now().await;
            mem::swap(
                &mut batch,
                &mut self.pending.lock().unwrap_or_else(PoisonError::into_inner),
            );
            batch.write_to(&mut writer).await?;
        }
    }
}

impl Batch {
    /// Writes everything and is empty again, its room kept.
    async fn write_to(&mut self, writer: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
        if self.referred.is_empty() {
            writer.write_all(&self.copied).await?;
        } else {
            write_slices(&mut self.slices(), writer).await?;
        }
        self.copied.clear();
        self.referred.clear();
        Ok(())
    }

    /// The bytes in their order.
    fn slices(&self) -> Vec<IoSlice<'_>> {
        let mut slices = Vec::with_capacity(2 * self.referred.len() + 1);
        let mut done = 0;
        for (at, payload) in &self.referred {
            slices.extend([IoSlice::new(&self.copied[done..*at]), IoSlice::new(payload)]);
            done = *at;
        }
        slices.push(IoSlice::new(&self.copied[done..]));
        slices
    }
}

async fn write_slices(mut slices: &mut [IoSlice<'_>], writer: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
    // Empty pieces at the front would look like a writer that takes nothing.
    IoSlice::advance_slices(&mut slices, 0);
    while !slices.is_empty() {
        let written = writer
            .write_vectored(&slices[..slices.len().min(SLICES_MAX)])
            .await?;
        ensure!(written > 0, "the connection takes nothing any more");
        IoSlice::advance_slices(&mut slices, written);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::BytesMut;
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

    #[tokio::test]
    async fn short_and_long_payloads_leave_in_their_order() {
        let outbound = Outbound::default();
        let lens = [REFERENCE_LEN_MIN - 1, REFERENCE_LEN_MIN, 0, 65_536, 70_000, 1];
        for (call, len) in lens.into_iter().enumerate() {
            let message = Echo {
                id: call as u64,
                name: "n".to_owned(),
                payload: vec![call as u8; len].into(),
            };
            outbound.push(Kind::Request, call as u64, &message).unwrap();
        }
        // A pipe of odd length, so that writes end in the middle of everything.
        let (writer, mut reader) = tokio::io::duplex(1021);
        let read = async {
            let mut inbound = BytesMut::new();
            for (call, len) in lens.into_iter().enumerate() {
                let frame = loop {
                    match frame::decode(Kind::Request, &mut inbound).unwrap() {
                        Some(frame) => break frame,
                        None => assert!(frame::read_more(&mut reader, &mut inbound).await.unwrap()),
                    }
                };
                assert_eq!(
                    message::decode(frame.body).unwrap().payload,
                    vec![call as u8; len]
                );
            }
        };
        tokio::select! {
            () = read => {}
            ended = outbound.write_to(writer) => panic!("{ended:?}"),
        }
    }
}
