//! Balances, and what they are made of.

use svrkit_store::{Batch, Store, StoreError};

use super::tables::{BALANCES, Balance, CREDITS, Credit};
use crate::protocol::CreditRequest;
use crate::store::all;

/// The balances in a store.
#[derive(Clone, Debug)]
pub(super) struct Accounts {
    store: Store,
}

impl Accounts {
    /// Those of a store, and how many credits they are made of.
    pub(super) async fn open(store: Store) -> Result<(Self, usize), StoreError> {
        let credits = all(&store, &CREDITS).await?.len();
        Ok((Self { store }, credits))
    }

    pub(super) async fn balance(&self, user: u64) -> Result<Balance, StoreError> {
        Ok(self.store.get(&BALANCES, &user).await?.map(|balance| balance.record).unwrap_or_default())
    }

    /// Credits a part of a packet, once: the balance and what it is made of are one commit. `false`: it was done before.
    pub(super) async fn credit(&self, credit: &CreditRequest) -> Result<bool, StoreError> {
        loop {
            let key = (credit.user, credit.packet);
            if self.store.get(&CREDITS, &key).await?.is_some() {
                return Ok(false);
            }
            let before = self.store.get(&BALANCES, &credit.user).await?;
            let batch = Batch::new().put_new(&CREDITS, &key, &Credit { fen: credit.fen });
            let batch = match before {
                None => batch.put_new(&BALANCES, &credit.user, &Balance { fen: credit.fen, credits: 1 }),
                Some(before) => {
                    let after = Balance {
                        fen: before.record.fen.saturating_add(credit.fen),
                        credits: before.record.credits + 1,
                    };
                    batch.put_if(&BALANCES, &credit.user, before.version, &after)
                }
            };
            match self.store.commit(batch).await {
                Ok(_) => return Ok(true),
                // Another credit of the same user came between.
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
