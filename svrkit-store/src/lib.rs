//! Tables of TLV records that outlive their process.
//!
//! A [`Store`] holds [`Table`]s: records of a message type ([`Tlv`](svrkit_runtime::Tlv)) under keys in order, each with a version that says which commit
//! wrote it. A [`Batch`] changes any number of them in one commit, or none: all of its conditions hold when it is carried out, or it is refused as
//! [`StoreError::Conflict`]. What was acknowledged is as safe as the store's [`Guarantee`] says.
//!
//! ```
//! use svrkit_runtime::Tlv;
//! use svrkit_store::{Batch, Store, StoreError, Table};
//!
//! #[derive(Tlv, Default, Debug, PartialEq)]
//! struct Account {
//!     #[tlv(1)]
//!     fen: u64,
//! }
//!
//! static ACCOUNTS: Table<u64, Account> = Table::new("accounts");
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), StoreError> {
//! # let folder = tempfile::tempdir().unwrap();
//! let store = Store::open(folder.path().join("ledger.store"))?;
//! store.commit(Batch::new().put_new(&ACCOUNTS, &7, &Account { fen: 100 })).await?;
//!
//! // Read, change, and write back unless somebody else has written meanwhile.
//! let account = store.get(&ACCOUNTS, &7).await?.expect("it was just made");
//! let richer = Account { fen: account.record.fen + 50 };
//! store.commit(Batch::new().put_if(&ACCOUNTS, &7, account.version, &richer)).await?;
//!
//! let late = store.commit(Batch::new().put_if(&ACCOUNTS, &7, account.version, &richer)).await;
//! assert!(matches!(late, Err(StoreError::Conflict(_))));
//! assert_eq!(store.get(&ACCOUNTS, &7).await?.unwrap().record, Account { fen: 150 });
//! # Ok(())
//! # }
//! ```
//!
//! [`TableQueue`] has jobs in tables: what is to be done later is accepted in one commit with what has changed now.
//!
//! What holds the records is an [`Engine`]: the embedded one ([`Store::open`]), ordinary memory for tests ([`Store::in_memory`]), or another one
//! ([`Store::on`]). The format of the file and what the guarantees mean are in `docs/store.md`.

mod batch;
mod changes;
mod embedded;
mod engine;
mod error;
mod key;
mod limits;
mod memory;
mod queue;
mod store;
mod table;

pub use self::batch::Batch;
pub use self::changes::{Change, Changes, Condition, Expected};
pub use self::embedded::Embedded;
pub use self::engine::{Engine, Found, KeyRange, Page, Pending, Stored};
pub use self::error::{Conflict, StoreError};
pub use self::key::Key;
pub use self::limits::StoreLimits;
pub use self::memory::Memory;
pub use self::queue::{QueueLimits, TableQueue};
pub use self::store::{Store, Versioned};
pub use self::table::Table;
pub use svrkit_runtime::queue::Guarantee;
