//! Balances, and what they are made of.

use std::sync::Arc;

use svrkit_runtime::Status;
use svrkit_store::{Batch, Store, StoreError, TableQueue};
use tokio::sync::Mutex;

use super::tables::{BALANCES, Balance, CREDITS, Credit};
use crate::protocol::{CreditReply, CreditRequest};
use crate::store::{all, status_of};

/// So many users' balances change at once, at most.
const LINES: usize = 64;

/// The balances in a store.
#[derive(Clone, Debug)]
pub(super) struct Accounts {
    store: Store,
    jobs: TableQueue,
    /// Users stand in these: what two credits of one user read and write would not be in each other's balance.
    lines: Arc<[Mutex<()>; LINES]>,
}

impl Accounts {
    /// Those of a store, and how many credits they are made of. `jobs` are what is to be credited.
    pub(super) async fn open(store: Store, jobs: TableQueue) -> Result<(Self, usize), StoreError> {
        let credits = all(&store, &CREDITS).await?.len();
        Ok((Self { store, jobs, lines: Arc::new([const { Mutex::const_new(()) }; LINES]) }, credits))
    }

    pub(super) async fn balance(&self, user: u64) -> Result<Balance, StoreError> {
        Ok(self.store.get(&BALANCES, &user).await?.map(|balance| balance.record).unwrap_or_default())
    }

    /// Credits a part of a packet, once: the balance, what it is made of and that the job is done are one commit. `false`: it was done before.
    pub(super) async fn credit(&self, credit: &CreditRequest) -> Result<(CreditReply, bool), Status> {
        let _turn = self.lines[credit.user as usize % LINES].lock().await;
        let key = (credit.user, credit.packet);
        let before = self.store.get(&BALANCES, &credit.user).await.map_err(status_of)?;
        let is_new = self.store.get(&CREDITS, &key).await.map_err(status_of)?.is_none();
        let mut after = before.as_ref().map(|before| before.record.clone()).unwrap_or_default();
        let mut batch = Batch::new();
        if is_new {
            after.fen = after.fen.saturating_add(credit.fen);
            after.credits += 1;
            batch = batch.put_new(&CREDITS, &key, &Credit { fen: credit.fen });
            batch = match before {
                None => batch.put_new(&BALANCES, &credit.user, &after),
                Some(before) => batch.put_if(&BALANCES, &credit.user, before.version, &after),
            };
        }
        let reply = CreditReply { fen: after.fen, ..CreditReply::default() };
        self.jobs.finish(batch, &reply).await?;
        Ok((reply, is_new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn open(store: &Store) -> (Accounts, usize) {
        let jobs = TableQueue::open(store.clone()).await.unwrap();
        Accounts::open(store.clone(), jobs).await.unwrap()
    }

    fn credit(user: u64, packet: u64, fen: u64) -> CreditRequest {
        CreditRequest { user, packet, fen, ..CreditRequest::default() }
    }

    #[tokio::test]
    async fn a_part_is_credited_once_however_often_it_is_asked() {
        let store = Store::in_memory();
        let (accounts, credits) = open(&store).await;
        assert_eq!(credits, 0);
        assert_eq!(accounts.balance(7).await.unwrap(), Balance::default());
        for is_new in [true, false] {
            let credited = accounts.credit(&credit(7, 1, 60)).await.unwrap();
            assert_eq!((credited.0.fen, credited.1), (60, is_new));
        }
        assert_eq!(accounts.credit(&credit(7, 2, 20)).await.unwrap().0.fen, 80);
        assert!(accounts.credit(&credit(8, 1, 30)).await.unwrap().1);
        assert_eq!(accounts.balance(7).await.unwrap(), Balance { fen: 80, credits: 2 });
        assert_eq!(accounts.balance(8).await.unwrap(), Balance { fen: 30, credits: 1 });
        assert_eq!(open(&store).await.1, 3);
    }

    #[tokio::test]
    async fn credits_of_a_user_at_the_same_time_are_all_in_the_balance() {
        let (accounts, _) = open(&Store::in_memory()).await;
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
