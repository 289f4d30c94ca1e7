//! The values that are encoded and decoded, made of dice with fixed seeds: the same in every run.
//!
//! They are svrkit's structs; the other libraries read them from their bytes.

mod dice;
mod likenesses;
mod own;

pub(super) use self::likenesses::{answers, events, frames, records, wide};
pub(super) use self::own::{blob, folder, log, logs, maps, nodes, numbers, order, orders, profile, profiles};

/// How many different messages stand in a mixed set. More than a branch predictor remembers.
pub(super) const MIXED: usize = 256;
