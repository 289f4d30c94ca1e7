//! What the night has left in the stores, as values.

use std::path::Path;

use svrkit_store::{Store, StoreError};

use crate::ledger::tables::{BALANCES, CREDITS};
use crate::packet::tables::{NIGHT, OPENED, PACKETS};
use crate::store::all;
use crate::{ledger, packet};

/// What the tiers of packets and of the ledger have kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    pub(crate) issued: Sum,
    pub(crate) packets: Vec<PacketRecord>,
    pub(crate) opened: Vec<Part>,
    pub(crate) credits: Vec<Credit>,
    pub(crate) balances: Vec<Balance>,
}

/// How many, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// How much, in fen.
    pub fen: u64,
}

impl Sum {
    /// That of these amounts.
    pub(crate) fn of(amounts: impl Iterator<Item = u64>) -> Self {
        amounts.fold(Self::default(), |sum, fen| Self { count: sum.count + 1, fen: sum.fen + fen })
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.fen += other.fen;
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PacketRecord {
    pub(crate) packet: u64,
    pub(crate) fen: u64,
    pub(crate) parts: Vec<u64>,
    /// How many of these it says are opened.
    pub(crate) opened: u32,
}

/// A part that was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) packet: u64,
    pub(crate) user: u64,
    /// Which one of the packet's, from 0.
    pub(crate) part: u32,
    pub(crate) fen: u64,
}

/// A part that was credited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Credit {
    pub(crate) user: u64,
    pub(crate) packet: u64,
    pub(crate) fen: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) user: u64,
    pub(crate) fen: u64,
    pub(crate) credits: u64,
}

impl Records {
    /// Those in a folder, whose services are stopped.
    pub(super) async fn read(dir: &Path) -> Result<Self, StoreError> {
        let packets = Store::open(dir.join(packet::STORE))?;
        let ledger = Store::open(dir.join(ledger::STORE))?;
        let night = packets.get(&NIGHT, &0).await?.map(|night| night.record).unwrap_or_default();
        let of_packet = |(packet, record): (u64, packet::tables::Packet)| PacketRecord {
            packet,
            fen: record.fen,
            parts: record.parts,
            opened: record.opened,
        };
        let of_part = |((packet, user), record): ((u64, u64), packet::tables::Opened)| Part {
            packet,
            user,
            part: record.part,
            fen: record.fen,
        };
        let of_credit = |((user, packet), record): ((u64, u64), ledger::tables::Credit)| Credit {
            user,
            packet,
            fen: record.fen,
        };
        let of_balance = |(user, record): (u64, ledger::tables::Balance)| Balance {
            user,
            fen: record.fen,
            credits: record.credits,
        };
        Ok(Self {
            issued: Sum { count: night.parts, fen: night.fen },
            packets: all(&packets, &PACKETS).await?.into_iter().map(of_packet).collect(),
            opened: all(&packets, &OPENED).await?.into_iter().map(of_part).collect(),
            credits: all(&ledger, &CREDITS).await?.into_iter().map(of_credit).collect(),
            balances: all(&ledger, &BALANCES).await?.into_iter().map(of_balance).collect(),
        })
    }
}
