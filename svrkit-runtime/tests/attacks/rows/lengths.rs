//! Headers that announce much, with nothing behind them (RUSTSEC-2019-0003).

use svrkit_runtime::wire::frame::{FLAG_IN_PARTS, Header};
use tokio::task::JoinSet;

use super::{Attack, Expected};
use crate::raw::attack;
use crate::support::request_header;

pub(super) const ATTACK: Attack = Attack {
    row: "A8",
    what: "bodies of 4 GiB announced, whole and in parts; bodies of 4 MiB announced, of which ten bytes come",
    expected: Expected::Cut(&["message.in", "frame.timeout"]),
    run: |address, size| {
        Box::pin(async move {
            let mut connections = JoinSet::new();
            for number in 0..size {
                connections.spawn(async move {
                    let (flags, body_len) = match number % 4 {
                        0 => (0, u32::MAX),
                        1 => (FLAG_IN_PARTS, u32::MAX),
                        2 => (0, 4 << 20),
                        _ => (FLAG_IN_PARTS, 4 << 20),
                    };
                    let header = Header { flags, body_len, ..request_header(1, 1) };
                    let rest: &[u8] = if flags == 0 { &[7; 10] } else { &[] };
                    let mut bytes = Some([&header.to_bytes()[..], rest].concat());
                    attack(address, move || bytes.take()).await
                });
            }
            connections.join_all().await
        })
    },
};
