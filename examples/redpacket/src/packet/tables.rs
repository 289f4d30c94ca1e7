//! What the tier of packets keeps.

use svrkit_runtime::Tlv;
use svrkit_store::Table;

/// The night, at 0, once all its packets are there.
pub(crate) static NIGHT: Table<u8, Night> = Table::new("night");
/// Packets, by their numbers.
pub(crate) static PACKETS: Table<u64, Packet> = Table::new("packets");
/// Parts that were opened, by packet and user.
pub(crate) static OPENED: Table<(u64, u64), Opened> = Table::new("opened");
/// Friends that packets were passed on to, by packet and friend.
pub(crate) static SHARED: Table<(u64, u64), Shared> = Table::new("shared");
/// How far tokens have been drawn, at 0.
pub(crate) static DRAWN: Table<u8, Drawn> = Table::new("drawn");

/// The queue of credits that the ledger has not taken yet.
pub(crate) const OUTBOX: &str = "outbox";

/// What was issued.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Night {
    /// What the amounts and keys follow from.
    #[tlv(1)]
    pub(crate) seed: u64,
    /// How many packets.
    #[tlv(2)]
    pub(crate) packets: u64,
    /// How many parts they have, together.
    #[tlv(3)]
    pub(crate) parts: u64,
    /// How much is in all of them, in fen.
    #[tlv(4)]
    pub(crate) fen: u64,
}

/// A packet.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Packet {
    /// Who opens it has to know it.
    #[tlv(1)]
    pub(crate) key: u64,
    /// How much is in it, in fen.
    #[tlv(2)]
    pub(crate) fen: u64,
    /// How much is in each part, in the order in which they are opened.
    #[tlv(3)]
    pub(crate) parts: Vec<u64>,
    /// How many of them were opened.
    #[tlv(4)]
    pub(crate) opened: u32,
}

/// That a user has opened a packet.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    /// Which part it was, counted from 0.
    #[tlv(1)]
    pub(crate) part: u32,
    /// How much was in it.
    #[tlv(2)]
    pub(crate) fen: u64,
}

/// That a packet was passed on.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared {
    /// By whom, the last time.
    #[tlv(1)]
    pub(crate) by: u64,
}

/// How far tokens have been drawn.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// How many of them, in their order.
    #[tlv(1)]
    pub(crate) tokens: u64,
}
