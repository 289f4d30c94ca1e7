//! Calls in which one side or both send many messages.
//!
//! A handler gets a [`Receiver`] of what the caller sends and a [`Sender`] for what it answers; the caller holds a
//! [`ServerStream`], [`ClientStream`] or [`BothStreams`]. Each has a [`StreamEnd`] ([`end`]), which knows no frames: a
//! [`carrier`] takes messages to the other one, over the frames of a connection ([`framed`]) or within the process
//! ([`in_process`]). Who sends has credit ([`window`]): what waits for a reader is bounded, and nobody else waits for it. How a
//! stream ends is never left open: it ends well when the handler returns `Ok` and when the caller says that it has sent
//! everything, and with a [`Status`] in any other case.

mod call;
mod carrier;
mod end;
mod framed;
mod in_process;
mod receiver;
mod sender;
mod table;
mod violation;
mod window;

mod both;
mod client;
mod server;

use bytes::Bytes;

pub use both::{Answers, BothStreams, Requests};
pub(crate) use call::StreamCall;
pub use client::ClientStream;
pub(crate) use end::StreamEnd;
pub(crate) use framed::{Framed, FramedStreams, grant, receive, receive_end};
pub(crate) use in_process::{InProcessCalls, ends};
pub use receiver::Receiver;
pub use sender::Sender;
pub use server::ServerStream;
pub(crate) use table::Streams;
pub(crate) use violation::Violation;

use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::wire::tlv::Tlv;

fn decode<T: Tlv>(bytes: &Bytes, limits: &Limits) -> Result<T, Status> {
    T::decode_shared(bytes, &limits.of_decoding()).map_err(streaming::message_unreadable)
}
