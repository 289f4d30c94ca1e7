//! Every limit: its name, its default, and the key that changes it.

use std::time::Duration;

/// The limits of one server or client. An error that a limit causes names the key given here.
///
/// ```
/// use svrkit_runtime::Limits;
///
/// let limits = Limits { message_in: 1 << 20, ..Limits::default() };
/// assert_eq!(limits.calls_in_flight, 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `message.in`: largest body taken from a peer, in bytes. Announced, so that a peer of ours refuses first.
    pub message_in: u32,
    /// `message.out`: largest message sent, in bytes.
    pub message_out: u32,
    /// `metadata.bytes`: largest metadata of a call, in bytes, both ways.
    pub metadata_bytes: u16,
    /// `metadata.entries`: most entries in the metadata of a call, both ways.
    pub metadata_entries: usize,
    /// `decode.memory`: most memory one decoded message may hold, in bytes.
    pub decode_memory: usize,
    /// `decode.depth`: deepest nesting of messages within messages.
    pub decode_depth: u32,
    /// `calls.in_flight`: calls at once on one connection, counted until their handlers have really ended.
    pub calls_in_flight: u32,
    /// `outbound.queue`: bytes that wait to be written on one connection before a server stops reading it and a
    /// client's calls wait.
    pub outbound_queue: usize,
    /// `stream.room`: messages of a stream that wait for their reader, each way, before their sender waits; at least 1.
    pub stream_room: usize,
    /// `connections`: open connections of one server.
    pub connections: usize,
    /// `hello.timeout`: from the connection to the peer's whole hello.
    pub hello_timeout: Duration,
    /// `connect.timeout`: to open a connection to one address.
    pub connect_timeout: Duration,
    /// `deadline.default`: what a call is given when neither the schema nor the caller says.
    pub deadline_default: Duration,
    /// `deadline.max`: the most time a server gives a call, whatever its caller says.
    pub deadline_max: Duration,
    /// `drain.timeout`: what a stopping server gives its calls in flight.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_in: 4 << 20,
            message_out: 64 << 20,
            metadata_bytes: 16 << 10,
            metadata_entries: 64,
            decode_memory: 32 << 20,
            decode_depth: 64,
            calls_in_flight: 1024,
            outbound_queue: 1 << 20,
            stream_room: 16,
            connections: 10_000,
            hello_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_millis(200),
            deadline_default: Duration::from_secs(1),
            deadline_max: Duration::from_secs(600),
            drain_timeout: Duration::from_secs(10),
        }
    }
}
