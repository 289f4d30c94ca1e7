//! The books: whether all is accounted for when the night is over, to the fen.

mod check;
mod fault;
mod records;

use std::fmt;
use std::path::Path;

use svrkit_store::StoreError;

pub use self::fault::Fault;
use self::records::Records;
pub use self::records::Sum;

/// So many faults are printed.
const SHOWN: usize = 20;

/// The books of a night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// Parts of packets that there were.
    pub issued: Sum,
    /// Those that were opened.
    pub opened: Sum,
    /// Those that nobody has opened.
    pub left: Sum,
    /// Those that were credited.
    pub credited: Sum,
    /// Balances there are, and what they come to.
    pub balances: Sum,
    /// All that is wrong; nothing: the books are exact.
    pub faults: Vec<Fault>,
}

/// What a user was told: that a packet is opened, with so much in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The user.
    pub user: u64,
    /// The packet.
    pub packet: u64,
    /// What was in it.
    pub fen: u64,
}

impl Books {
    /// The books of the stores in a folder, whose services are stopped. They have to keep `promises` as well: what callers were told.
    ///
    /// # Errors
    /// Those of the stores.
    pub async fn read(dir: impl AsRef<Path>, promises: &[Promise]) -> Result<Self, StoreError> {
        Ok(check::check(&Records::read(dir.as_ref()).await?, promises))
    }

    /// Whether nothing is wrong with them.
    #[must_use]
    pub fn are_exact(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A table, and what is wrong.
impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:10} {:>12} {:>16}", "", "number", "yuan")?;
        for (name, sum) in [
            ("issued", self.issued),
            ("opened", self.opened),
            ("left", self.left),
            ("credited", self.credited),
            ("balances", self.balances),
        ] {
            let yuan = format!("{}.{:02}", sum.fen / 100, sum.fen % 100);
            writeln!(f, "{name:10} {:>12} {yuan:>16}", sum.count)?;
        }
        match self.faults.len() {
            0 => write!(f, "The books are exact: issued = opened + left = credited + left, nobody twice."),
            number => {
                write!(f, "The books are wrong in {number} places:")?;
                for fault in self.faults.iter().take(SHOWN) {
                    write!(f, "\n  {fault}")?;
                }
                if number > SHOWN { write!(f, "\n  and more") } else { Ok(()) }
            }
        }
    }
}
