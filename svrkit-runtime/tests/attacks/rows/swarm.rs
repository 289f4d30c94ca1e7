//! One address that opens connection after connection.

use tokio::task::JoinSet;

use super::{Attack, Expected};
use crate::raw::{End, connect, hello, until_end};

pub(super) const ATTACK: Attack = Attack {
    row: "A21",
    what: "one address that opens connections and greets on all of them",
    expected: Expected::Borne,
    run: |address, size| {
        Box::pin(async move {
            let mut connections = JoinSet::new();
            let mut held = Vec::new();
            for _ in 0..size {
                let Ok(mut stream) = connect(address).await else { continue };
                // Who is turned away without a word is reset.
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &hello()).await;
                let (read, write) = stream.into_split();
                connections.spawn(async move {
                    // What comes in place of a hello is the last that comes.
                    until_end(read, |end| end.words.is_some()).await
                });
                held.push(write);
            }
            let sent = hello().len() as u64;
            drop(held);
            connections.join_all().await.into_iter().map(|end| End { sent, ..end }).collect()
        })
    },
};
