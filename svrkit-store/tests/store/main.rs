//! What every engine keeps, and what becomes of the embedded one's file when its process is killed, its disk is full or its bytes are others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod child;
mod contract;
mod damage;
mod full_disk;
mod killed;
mod limits;
mod records;
mod restarts;
