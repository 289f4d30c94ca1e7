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

#[cfg(test)]
mod tests {
    use super::*;

    fn credit(user: u64, packet: u64, fen: u64) -> CreditRequest {
        CreditRequest { user, packet, fen, ..CreditRequest::default() }
    }

    #[tokio::test]
    async fn a_part_is_credited_once_however_often_it_is_asked() {
        let store = Store::in_memory();
        let (accounts, credits) = Accounts::open(store.clone()).await.unwrap();
        assert_eq!(credits, 0);
        assert_eq!(accounts.balance(7).await.unwrap(), Balance::default());
        for is_new in [true, false] {
            assert_eq!(accounts.credit(&credit(7, 1, 60)).await.unwrap(), is_new);
        }
        assert!(accounts.credit(&credit(7, 2, 20)).await.unwrap());
        assert!(accounts.credit(&credit(8, 1, 30)).await.unwrap());
        assert_eq!(accounts.balance(7).await.unwrap(), Balance { fen: 80, credits: 2 });
        assert_eq!(accounts.balance(8).await.unwrap(), Balance { fen: 30, credits: 1 });
        assert_eq!(Accounts::open(store).await.unwrap().1, 3);
    }

    #[tokio::test]
    async fn credits_of_a_user_at_the_same_time_are_all_in_the_balance() {
        let (accounts, _) = Accounts::open(Store::in_memory()).await.unwrap();
        let crediting = (1..=50).map(|packet| {
            let accounts = accounts.clone();
            // Half of them are the same one.
            tokio::spawn(async move { accounts.credit(&credit(7, packet.min(25), 1)).await.unwrap() })
        });
        for crediting in crediting.collect::<Vec<_>>() {
            crediting.await.unwrap();
        }
        assert_eq!(accounts.balance(7).await.unwrap(), Balance { fen: 25, credits: 25 });
    }
}
