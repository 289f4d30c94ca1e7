//! Each limit at its edge: the last thing that passes, the first that doesn't, and the key in the error's words.
//!
//! `EDGES` has the tests of each key; a key of the runtime without one fails the test that walks over it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tls_peers.rs"]
mod tls_peers;

mod admin;
mod admission;
mod blocks;
mod calls;
mod clients;
mod decoding;
mod ejections;
mod frames;
mod hedges;
mod last_good;
mod messages;
mod metrics;
mod peers;
mod retries;
mod securing;
mod streams;
mod takeovers;
mod wild;
mod wishes;

use admin::{admin_calls, admin_connections, admin_head, admin_sample, admin_timeout, tier_hold};
use admission::{handlers_running, queue_calls, queue_wait, rate_callers};
use blocks::block_max;
use calls::{
    calls_bytes, calls_in_flight, calls_memory, deadline_default, deadline_max,
    deadline_max_beyond_every_clock, drain_timeout, health_timeout, outbound_queue,
};
use clients::{
    client_backoff_max, client_backoff_min, client_connections, client_opening, connection_age_of_the_client,
    connection_age_of_the_server, connection_idle_of_the_client, connection_idle_of_the_server,
    resolve_bytes, resolve_endpoints, resolve_refresh, resolve_rest, resolve_watch,
};
use decoding::{decode_depth, decode_depth_at_the_end_of_its_range, decode_memory};
use ejections::{ejection_failures, ejection_max, ejection_min, ejection_share};
use frames::{
    flood_frames_of_the_client, flood_frames_of_the_server, frame_rate_min, frame_timeout_of_a_body_in_parts,
    frame_timeout_of_the_client, frame_timeout_of_the_server,
};
use hedges::{hedge_delay, hedge_delay_min};
use last_good::{last_good_age, last_good_answers, last_good_bytes};
use messages::{
    compression_min, message_in_in_process, message_in_of_the_client, message_in_of_the_server,
    message_out_of_the_client, message_out_of_the_server, metadata_bytes, metadata_bytes_of_the_server,
    metadata_entries,
};
use metrics::{
    metrics_bytes, metrics_endpoints, metrics_label_sets, metrics_methods, metrics_targets, metrics_threads,
};
use peers::{connect_timeout, connections, hello_timeout, peer_share, peer_share_is_not_for_unix_sockets};
use retries::{retry_attempts, retry_backoff_max, retry_backoff_min, retry_floor, retry_share};
use securing::{
    tls_handshake_bytes_of_the_client, tls_handshake_bytes_of_the_server,
    tls_handshake_timeout_of_the_client, tls_handshake_timeout_of_the_server, tls_handshakes, tls_watch,
};
use streams::{connection_window, stream_idle, stream_window, stream_window_of_a_peer_that_has_no_credit};
use support::Note;
use svrkit_runtime::{Cause, Code, Key, Limits, Status, Tlv};
use takeovers::{takeover_handshake_of_the_predecessor, takeover_handshake_of_the_successor};
use wishes::{wish_max, wish_rate_min};

use wild::{
    wild_block_max, wild_block_min, wild_blocks, wild_callers, wild_forget, wild_rate, wild_time, wild_times,
};

macro_rules! edges {
    ($($key:literal => $($test:ident),+;)+) => {
        [$(($key, &[$((stringify!($test), $test as fn())),+])),+]
    };
}

/// A test and its name.
type Edge = (&'static str, fn());

/// The tests at the edge of each limit. Their names begin with the key's.
const EDGES: &[(&str, &[Edge])] = &edges! {
    "message.in" => message_in_of_the_server, message_in_of_the_client, message_in_in_process;
    "message.out" => message_out_of_the_client, message_out_of_the_server;
    "metadata.bytes" => metadata_bytes, metadata_bytes_of_the_server;
    "metadata.entries" => metadata_entries;
    "decode.memory" => decode_memory;
    "decode.depth" => decode_depth, decode_depth_at_the_end_of_its_range;
    "calls.in_flight" => calls_in_flight;
    "calls.bytes" => calls_bytes;
    "calls.memory" => calls_memory;
    "rate.callers" => rate_callers;
    "handlers.running" => handlers_running;
    "queue.calls" => queue_calls;
    "queue.wait" => queue_wait;
    "wild.rate" => wild_rate;
    "wild.times" => wild_times;
    "wild.callers" => wild_callers;
    "wild.time" => wild_time;
    "wild.block.min" => wild_block_min;
    "wild.block.max" => wild_block_max;
    "wild.forget" => wild_forget;
    "wild.blocks" => wild_blocks;
    "tier.hold" => tier_hold;
    "outbound.queue" => outbound_queue;
    "stream.window" => stream_window, stream_window_of_a_peer_that_has_no_credit;
    "connection.window" => connection_window;
    "stream.idle" => stream_idle;
    "connections" => connections;
    "peer.share" => peer_share, peer_share_is_not_for_unix_sockets;
    "hello.timeout" => hello_timeout;
    "frame.timeout" => frame_timeout_of_the_server, frame_timeout_of_a_body_in_parts, frame_timeout_of_the_client;
    "frame.rate_min" => frame_rate_min;
    "flood.frames" => flood_frames_of_the_server, flood_frames_of_the_client;
    "compression.min" => compression_min;
    "tls.handshake_timeout" => tls_handshake_timeout_of_the_server, tls_handshake_timeout_of_the_client;
    "tls.handshake_bytes" => tls_handshake_bytes_of_the_server, tls_handshake_bytes_of_the_client;
    "tls.handshakes" => tls_handshakes;
    "tls.watch" => tls_watch;
    "connect.timeout" => connect_timeout;
    "client.connections" => client_connections;
    "client.opening" => client_opening;
    "client.backoff.min" => client_backoff_min;
    "client.backoff.max" => client_backoff_max;
    "retry.attempts" => retry_attempts;
    "retry.share" => retry_share;
    "retry.floor" => retry_floor;
    "retry.backoff.min" => retry_backoff_min;
    "retry.backoff.max" => retry_backoff_max;
    "hedge.delay" => hedge_delay;
    "hedge.delay_min" => hedge_delay_min;
    "ejection.failures" => ejection_failures;
    "ejection.share" => ejection_share;
    "ejection.min" => ejection_min;
    "ejection.max" => ejection_max;
    "block.max" => block_max;
    "wish.max" => wish_max;
    "wish.rate_min" => wish_rate_min;
    "last_good.age" => last_good_age;
    "last_good.answers" => last_good_answers;
    "last_good.bytes" => last_good_bytes;
    "connection.idle" => connection_idle_of_the_client, connection_idle_of_the_server;
    "connection.age" => connection_age_of_the_client, connection_age_of_the_server;
    "resolve.rest" => resolve_rest;
    "resolve.refresh" => resolve_refresh;
    "resolve.watch" => resolve_watch;
    "resolve.endpoints" => resolve_endpoints;
    "resolve.bytes" => resolve_bytes;
    "deadline.default" => deadline_default;
    "deadline.max" => deadline_max, deadline_max_beyond_every_clock;
    "drain.timeout" => drain_timeout;
    "takeover.handshake" => takeover_handshake_of_the_predecessor, takeover_handshake_of_the_successor;
    "metrics.bytes" => metrics_bytes;
    "metrics.threads" => metrics_threads;
    "metrics.methods" => metrics_methods;
    "metrics.endpoints" => metrics_endpoints;
    "metrics.targets" => metrics_targets;
    "metrics.label_sets" => metrics_label_sets;
    "health.timeout" => health_timeout;
    "admin.head" => admin_head;
    "admin.timeout" => admin_timeout;
    "admin.connections" => admin_connections;
    "admin.calls" => admin_calls;
    "admin.sample" => admin_sample;
};

#[test]
fn every_limit_has_a_test_at_its_edge() {
    let keys: Vec<_> = Limits::keys().iter().map(Key::name).collect();
    let tested: Vec<_> = EDGES.iter().map(|(key, _)| *key).collect();
    assert_eq!(tested, keys, "write the test of a new limit and add it to EDGES, in the order of the table");
    for (key, tests) in EDGES {
        for (test, _) in *tests {
            assert!(test.starts_with(&key.replace('.', "_")), "{test} is no test of {key}");
        }
    }
}

#[track_caller]
fn check(status: &Status, cause: Cause, expected: &str) {
    assert_eq!((status.code(), status.facts().cause), (Code::ResourceExhausted, cause), "{status}");
    assert!(status.message().contains(expected), "{status}");
}

/// A note whose encoding has exactly `len` bytes.
fn note_of(len: usize) -> Note {
    let mut note = Note { payload: vec![7; len - 2].into(), ..Note::default() };
    while note.encode().unwrap().len() > len {
        note.payload.truncate(note.payload.len() - 1);
    }
    assert_eq!(note.encode().unwrap().len(), len);
    note
}
