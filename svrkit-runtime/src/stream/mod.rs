//! Calls in which one side or both send many messages.
//!
//! A handler gets a [`Receiver`] of what the caller sends and a [`Sender`] for what it answers; the caller holds a
//! [`ServerStream`], [`ClientStream`] or [`BothStreams`]. Messages travel encoded, with room for as many as `stream.room`
//! between the two ends: who sends more waits. How a stream ends is never left open: it ends well when the handler returns
//! `Ok` and when the caller says that it has sent everything, and with a [`Status`] in any other case.
//!
//! In this version streams work between the ends of one process ([`Server::in_process`](crate::Server::in_process)). Over
//! connections such a call ends with UNIMPLEMENTED.

mod call;
mod ends;
mod receiver;
mod sender;

mod both;
mod client;
mod server;

use bytes::Bytes;

pub use both::{Answers, BothStreams, Requests};
pub(crate) use call::StreamCall;
pub use client::ClientStream;
pub(crate) use ends::{CallerEnds, HandlerEnds, ends};
pub use receiver::Receiver;
pub use sender::Sender;
pub use server::ServerStream;

use crate::limits::Limits;
use crate::scratch;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::wire::tlv::Tlv;

fn encode<T: Tlv>(message: &T, limits: &Limits) -> Result<Bytes, Status> {
    let encoded = scratch::encode(message, limits.message_out, |encoded| encoded.map(Bytes::copy_from_slice));
    let encoded = encoded.map_err(streaming::message_unencodable)?;
    let (len, max) = (encoded.len(), limits.message_in);
    if len > max as usize {
        return Err(streaming::message_over_limit(len, max));
    }
    Ok(encoded)
}

fn decode<T: Tlv>(bytes: &Bytes, limits: &Limits) -> Result<T, Status> {
    T::decode_shared(bytes, &limits.of_decoding()).map_err(streaming::message_unreadable)
}
