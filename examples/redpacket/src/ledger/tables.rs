//! What the ledger keeps.

use svrkit_runtime::Tlv;
use svrkit_store::Table;

/// Balances, by user.
pub(crate) static BALANCES: Table<u64, Balance> = Table::new("balances");
/// Credits that are done, by user and packet.
pub(crate) static CREDITS: Table<(u64, u64), Credit> = Table::new("credits");

/// What a user has.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    /// How much.
    #[tlv(1)]
    pub(crate) fen: u64,
    /// How many credits that is.
    #[tlv(2)]
    pub(crate) credits: u64,
}

/// A credit that is done.
#[derive(Tlv, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Credit {
    /// How much it was.
    #[tlv(1)]
    pub(crate) fen: u64,
}
