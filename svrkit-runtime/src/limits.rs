//! Every limit: its name, its default, its range, and the key that changes it. One table, one row a limit: the struct, the
//! keys of a configuration and their documentation follow from it.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::config::{Key, Measure, Quantity};
use crate::wire::tlv::{DECODE_DEPTH_DEFAULT, DECODE_MEMORY_DEFAULT, DecodeLimits};

const KIB: u32 = 1 << 10;
const MIB: u32 = 1 << 20;
const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Makes [`Limits`] of rows `field: type = key, measure, default, range;`.
///
/// The range is what a configuration takes. A [`Limits`] that a program writes itself is not held to it.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $field:ident: $type:ty = $key:literal, $measure:ident, $default:expr, $range:expr;)+) => {
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
            $(
                #[doc = concat!("`", $key, "`:", $($doc),+)]
                #[doc = ""]
                #[doc = concat!("Default: `", stringify!($default), "`; a configuration takes `", stringify!($range), "`.")]
                pub $field: $type,
            )+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl Limits {
            /// The key of each limit, in the order of the table.
            #[must_use]
            pub fn keys() -> Vec<Key> {
                vec![$({
                    const RANGE: RangeInclusive<$type> = $range;
                    Key::limit($key, concat!($($doc),+).trim_ascii(), Measure::$measure, &RANGE, $default)
                }),+]
            }

            /// Each of them with its key, in the order of the table.
            pub(crate) fn by_key(&self) -> impl Iterator<Item = (Key, u64)> {
                Self::keys().into_iter().zip(self.numbers())
            }

            /// Those that differ from their defaults.
            pub(crate) fn changed(&self) -> impl Iterator<Item = (Key, u64)> {
                let defaults = Self::default().numbers();
                let limits = self.by_key().zip(defaults);
                limits.filter(|((_, number), default)| number != default).map(|(limit, _)| limit)
            }

            /// The limits of these numbers, by key; where there is none, the default.
            pub(crate) fn of(number: impl Fn(&str) -> Option<u64>) -> Self {
                Self { $($field: number($key).map_or($default, Quantity::from_number),)+ }
            }

            fn numbers(&self) -> Vec<u64> {
                vec![$(self.$field.to_number()),+]
            }
        }
    };
}

limits! {
    /// largest body taken from a peer, in bytes. Announced, so that a peer of ours refuses first.
    message_in: u32 = "message.in", Size, 4 * MIB, KIB..=1024 * MIB;
    /// largest message sent, in bytes.
    message_out: u32 = "message.out", Size, 64 * MIB, KIB..=1024 * MIB;
    /// largest metadata of a call, in bytes, both ways.
    metadata_bytes: u16 = "metadata.bytes", Size, 16 << 10, 0..=u16::MAX;
    /// most entries in the metadata of a call, both ways.
    metadata_entries: usize = "metadata.entries", Count, 64, 0..=65_535;
    /// most memory one decoded message may hold, in bytes.
    decode_memory: usize = "decode.memory", Size, DECODE_MEMORY_DEFAULT, 1 << 10..=1 << 30;
    /// deepest nesting of messages within messages; the stack of a worker has to bear it.
    decode_depth: u32 = "decode.depth", Count, DECODE_DEPTH_DEFAULT, 1..=256;
    /// calls at once on one connection, counted until their handlers have really ended.
    calls_in_flight: u32 = "calls.in_flight", Count, 1024, 1..=65_535;
    /// bytes of requests in flight on one connection, inflated, and with their metadata; one of `message.in` has room in any case, and those below 4 KiB are not counted.
    calls_bytes: usize = "calls.bytes", Size, 64 << 20, 1 << 10..=1 << 40;
    /// bytes of requests in flight on all connections of one server, counted as those of one connection are; one of `message.in` has room in any case.
    calls_memory: usize = "calls.memory", Size, 512 << 20, 1 << 10..=1 << 50;
    /// callers that a server knows the rates of, where rates of callers are set; of those beyond, who is least ahead of its rate is forgotten.
    rate_callers: usize = "rate.callers", Count, 16_384, 8..=16_777_216;
    /// handlers of one server under way at once that do not end at once, at most; how many it lets go, it learns from what its threads and what handlers wait for can bear.
    handlers_running: u32 = "handlers.running", Count, 10_000, 1..=1_000_000;
    /// calls of one server that wait for a handler's turn, at most; how many do, follows from `queue.wait`.
    queue_calls: usize = "queue.calls", Count, 10_000, 0..=1_000_000;
    /// how long calls of a fast service are to wait for a handler's turn: as many wait as the server can end in it; five of a slow one in any case.
    queue_wait: Duration = "queue.wait", Time, Duration::from_millis(20), MILLISECOND..=HOUR;
    /// calls in a second with the same request, of one method, which no caller is blocked for, whatever the others do.
    wild_rate: u32 = "wild.rate", Count, 100, 1..=1_000_000_000;
    /// how many times as often as most others call at all (nine of ten in the busiest of their last seconds) a caller asks the same of one method, until it runs wild.
    wild_times: u32 = "wild.times", Count, 20, 1..=1_000_000;
    /// other callers that there are at least; with fewer of them there is nothing that a caller could be held to.
    wild_callers: u32 = "wild.callers", Count, 8, 1..=255;
    /// how long a caller is beyond both, second by second, until it is blocked.
    wild_time: Duration = "wild.time", Time, Duration::from_secs(3), Duration::from_secs(1)..=HOUR;
    /// how long a caller that runs wild is blocked at first, for its calls of that method; twice as long with each further offence.
    wild_block_min: Duration = "wild.block.min", Time, Duration::from_secs(10), MILLISECOND..=DAY;
    /// the longest time for which a server blocks a caller.
    wild_block_max: Duration = "wild.block.max", Time, Duration::from_secs(600), MILLISECOND..=DAY;
    /// how long after its last block a caller's offences are remembered.
    wild_forget: Duration = "wild.forget", Time, HOUR, Duration::ZERO..=YEAR;
    /// blocks that a server remembers; while so many last, nobody else is blocked.
    wild_blocks: usize = "wild.blocks", Count, 1024, 1..=1_000_000;
    /// how long the page `/level` holds a tier of load by hand, and how long at most where it is told for how long.
    tier_hold: Duration = "tier.hold", Time, HOUR, MILLISECOND..=YEAR;
    /// bytes that wait to be written on one connection before a server stops reading it and a client's calls wait.
    outbound_queue: usize = "outbound.queue", Size, 1 << 20, 1 << 10..=1 << 30;
    /// bytes of a stream's messages that may wait for their reader here, before their sender waits; a frame of them costs 64 beside its length. Announced.
    stream_window: u32 = "stream.window", Size, MIB, KIB..=1024 * MIB;
    /// the same for all streams of one connection together. What waits of one may make the others wait beyond it, calls never. Announced.
    connection_window: u32 = "connection.window", Size, 8 * MIB, KIB..=1024 * MIB;
    /// how long a stream lives on which no message comes or goes; before the first answer the call's deadline holds instead.
    stream_idle: Duration = "stream.idle", Time, Duration::from_secs(300), MILLISECOND..=YEAR;
    /// open connections of one server; on Linux never more than half of the files that its process may open when it binds (`ulimit -n`).
    connections: usize = "connections", Count, 10_000, 1..=10_000_000;
    /// how many of a hundred connections one address may have, IPv6 by its first 64 bits; 64 at least. Unix sockets are not held to it.
    peer_share: u32 = "peer.share", Count, 25, 1..=100;
    /// from the connection to the peer's whole hello.
    hello_timeout: Duration = "hello.timeout", Time, Duration::from_secs(5), MILLISECOND..=HOUR;
    /// what is waited for the rest of a frame that has begun, beyond the time that its bytes take at `frame.rate_min`; either side.
    frame_timeout: Duration = "frame.timeout", Time, Duration::from_secs(10), MILLISECOND..=HOUR;
    /// bytes of a frame in a second, on average, with which a slow peer is waited for beyond `frame.timeout`; either side.
    frame_rate_min: u32 = "frame.rate_min", Size, 64 << 10, 1..=1024 * MIB;
    /// frames in a second, beside one for each call, that a peer may send and that serve none: pings, cancels, requests that are wrong, parts below 64 bytes, what may be skipped; either side.
    flood_frames: u32 = "flood.frames", Count, 16_384, 16..=1_000_000_000;
    /// shortest body that is compressed, in bytes, where both sides compress (feature `compression`).
    compression_min: usize = "compression.min", Size, 1 << 10, 1..=1 << 30;
    /// a whole TLS handshake, the connection being open; either side (feature `tls`).
    tls_handshake_timeout: Duration = "tls.handshake_timeout", Time, Duration::from_secs(5), MILLISECOND..=HOUR;
    /// most bytes that a peer may send until its TLS handshake is over; no message of it may be above 64 KiB either way (feature `tls`).
    tls_handshake_bytes: usize = "tls.handshake_bytes", Size, 128 << 10, 1 << 10..=1 << 20;
    /// TLS handshakes of one server at once (feature `tls`).
    tls_handshakes: usize = "tls.handshakes", Count, 1024, 1..=1_000_000;
    /// how long certificates and keys are used until, before the next handshake, their files are looked at again (feature `tls`).
    tls_watch: Duration = "tls.watch", Time, Duration::from_secs(1), MILLISECOND..=DAY;
    /// to open a connection to one address.
    connect_timeout: Duration = "connect.timeout", Time, Duration::from_millis(200), MILLISECOND..=HOUR;
    /// most connections of a client to one endpoint; one more is opened when all are in use.
    client_connections: usize = "client.connections", Count, 1, 1..=1024;
    /// endpoints that a client connects to at once of its own accord, while others take its calls.
    client_opening: usize = "client.opening", Count, 16, 1..=65_535;
    /// the longest time for which an endpoint is left alone after the first failure to connect to it; it doubles with each further one.
    client_backoff_min: Duration = "client.backoff.min", Time, Duration::from_millis(100), MILLISECOND..=HOUR;
    /// the longest time for which an endpoint is left alone after any number of failures.
    client_backoff_max: Duration = "client.backoff.max", Time, Duration::from_secs(60), MILLISECOND..=DAY;
    /// most attempts of one request, the first included.
    retry_attempts: u32 = "retry.attempts", Count, 3, 1..=10;
    /// attempts beyond the first ones for each hundred requests of a client, and copies of requests likewise.
    retry_share: u32 = "retry.share", Count, 10, 0..=100;
    /// the same in a second, however few requests there are.
    retry_floor: u32 = "retry.floor", Count, 10, 0..=1_000_000;
    /// the longest wait before the second attempt of a request; it doubles with each further one.
    retry_backoff_min: Duration = "retry.backoff.min", Time, Duration::from_millis(20), MILLISECOND..=HOUR;
    /// the longest wait before any attempt of a request, unless a server names a longer one.
    retry_backoff_max: Duration = "retry.backoff.max", Time, Duration::from_secs(1), MILLISECOND..=HOUR;
    /// how long a request of an idempotent method is waited for until a client sends a copy of it to another endpoint; 0: as long as nineteen of twenty of the method take, which the client learns.
    hedge_delay: Duration = "hedge.delay", Time, Duration::ZERO, Duration::ZERO..=HOUR;
    /// how long it is waited for at least, where the client learns it.
    hedge_delay_min: Duration = "hedge.delay_min", Time, Duration::from_millis(10), MILLISECOND..=HOUR;
    /// failures in a row after which a client ejects an endpoint: no calls go there for a time.
    ejection_failures: u32 = "ejection.failures", Count, 5, 1..=1_000_000;
    /// how many of a hundred endpoints a client ejects at once; of two or more one in any case, unless it is 0, and never all.
    ejection_share: u32 = "ejection.share", Count, 50, 0..=100;
    /// how long an endpoint is ejected at first, a tenth more or less; it doubles where it is soon sick again.
    ejection_min: Duration = "ejection.min", Time, Duration::from_secs(5), MILLISECOND..=DAY;
    /// the longest time for which an endpoint is ejected.
    ejection_max: Duration = "ejection.max", Time, Duration::from_secs(300), MILLISECOND..=DAY;
    /// the longest time for which a client sends no calls of a method that a server wants no more of.
    block_max: Duration = "block.max", Time, Duration::from_secs(60), Duration::ZERO..=DAY;
    /// the longest time for which a client does as a server wishes: calls a method more slowly, or takes last good answers.
    wish_max: Duration = "wish.max", Time, Duration::from_secs(60), Duration::ZERO..=DAY;
    /// calls of a method in a second that a client makes at an endpoint, if it wants to, however few a server wishes.
    wish_rate_min: u32 = "wish.rate_min", Count, 1, 1..=1_000_000;
    /// the oldest answer that a client takes again where a server wishes so, however old its schema lets it be; 0: it keeps none.
    last_good_age: Duration = "last_good.age", Time, Duration::from_secs(600), Duration::ZERO..=DAY;
    /// answers that a client keeps at most to be taken again.
    last_good_answers: usize = "last_good.answers", Count, 4096, 0..=10_000_000;
    /// most memory for them in one client, in bytes, with what they are found by.
    last_good_bytes: usize = "last_good.bytes", Size, 8 << 20, 0..=64 << 30;
    /// how long a connection stays open that nobody uses, on either side.
    connection_idle: Duration = "connection.idle", Time, Duration::from_secs(600), MILLISECOND..=YEAR;
    /// how long a connection is used, on either side, a tenth more or less; calls in flight then go on to their ends.
    connection_age: Duration = "connection.age", Time, Duration::from_secs(1800), MILLISECOND..=YEAR;
    /// the least time between two questions of a client for its endpoints.
    resolve_rest: Duration = "resolve.rest", Time, Duration::from_secs(5), MILLISECOND..=HOUR;
    /// how long a client that is used trusts the addresses of a name.
    resolve_refresh: Duration = "resolve.refresh", Time, Duration::from_secs(30), MILLISECOND..=DAY;
    /// how often a client that is used looks whether a file of endpoints has changed.
    resolve_watch: Duration = "resolve.watch", Time, Duration::from_secs(1), MILLISECOND..=HOUR;
    /// most endpoints of one target.
    resolve_endpoints: usize = "resolve.endpoints", Count, 100_000, 1..=1_000_000;
    /// longest file of endpoints, in bytes.
    resolve_bytes: usize = "resolve.bytes", Size, 16 << 20, 1 << 10..=1 << 30;
    /// what a call is given when neither the schema nor the caller says.
    deadline_default: Duration = "deadline.default", Time, Duration::from_secs(1), MILLISECOND..=HOUR;
    /// the most time a server gives a call, whatever its caller says; more than 71 min 34 s no caller can say.
    deadline_max: Duration = "deadline.max", Time, Duration::from_secs(600), MILLISECOND..=DAY;
    /// what a stopping server gives its calls in flight.
    drain_timeout: Duration = "drain.timeout", Time, Duration::from_secs(10), Duration::ZERO..=HOUR;
    /// what each message of the other server is given when one takes over from the other.
    takeover_handshake: Duration = "takeover.handshake", Time, Duration::from_secs(5), MILLISECOND..=HOUR;
    /// most memory for metrics, in bytes; what is counted beyond it is only counted as uncounted.
    metrics_bytes: usize = "metrics.bytes", Size, 64 << 20, 64 << 10..=1 << 30;
    /// threads that count without waiting for one another; those beyond share.
    metrics_threads: usize = "metrics.threads", Count, 64, 1..=65_535;
    /// methods that have figures of their own, for each side; those beyond are counted together, as `other`.
    metrics_methods: usize = "metrics.methods", Count, 4096, 1..=65_535;
    /// endpoints that have figures of their own; those beyond are counted together, as `other`.
    metrics_endpoints: usize = "metrics.endpoints", Count, 256, 1..=65_535;
    /// targets of clients that have figures of their own; those beyond are counted together, as `other`.
    metrics_targets: usize = "metrics.targets", Count, 256, 1..=65_535;
    /// sets of labels that each metric of the program's own has figures of; those beyond are counted together, as `other`.
    metrics_label_sets: usize = "metrics.label_sets", Count, 256, 1..=65_535;
    /// what each readiness check is given.
    health_timeout: Duration = "health.timeout", Time, Duration::from_secs(1), MILLISECOND..=HOUR;
    /// longest head of a request for an admin page, in bytes, and its longest body.
    admin_head: usize = "admin.head", Size, 8 << 10, 1 << 10..=1 << 20;
    /// what a request for an admin page is given to come, and as much for its answer to be taken.
    admin_timeout: Duration = "admin.timeout", Time, Duration::from_secs(5), MILLISECOND..=HOUR;
    /// requests for admin pages at once.
    admin_connections: usize = "admin.connections", Count, 16, 1..=1024;
    /// calls that failed, and as many of the sample, which an admin page has to show.
    admin_calls: usize = "admin.calls", Count, 100, 1..=10_000;
    /// one call of so many, on each thread, is kept for an admin page whatever it was like; 0: none.
    admin_sample: u32 = "admin.sample", Count, 1000, 0..=1_000_000_000;
}

impl Limits {
    /// Those of one message.
    pub(crate) fn of_decoding(&self) -> DecodeLimits {
        DecodeLimits { memory: self.decode_memory, depth: self.decode_depth }
    }
}
