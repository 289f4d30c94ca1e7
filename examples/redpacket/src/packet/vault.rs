//! What happens to packets, each in one commit.

use svrkit_runtime::queue::{Accepted, NewJob, QueueError};
use svrkit_runtime::{OrInternal, Status, Tlv};
use svrkit_store::{Batch, Store, StoreError, TableQueue, Versioned};

use super::draws::Draws;
use super::issue::{Plan, issue};
use super::tables::{NIGHT, OPENED, OUTBOX, Opened, PACKETS, Packet, SHARED, Shared};
use crate::credit::id_of;
use crate::protocol::{CreditRequest, Token};
use crate::store::{all, status_of};

/// Packets are written so many at a time.
const AT_ONCE: usize = 5_000;

/// The packets of a night, in a store.
#[derive(Debug)]
pub(super) struct Vault {
    store: Store,
    /// What is to be credited, in the same store.
    outbox: TableQueue,
    draws: Draws,
}

/// What came of opening a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// There is none with this number and this key.
    NoSuchPacket,
    /// Others have opened all its parts.
    Gone,
    /// This user has opened it before, and got so much.
    Before(u64),
    /// It is opened now, with so much in it.
    Now(u64),
}

/// What came of passing a packet on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// There is none with this number and this key.
    NoSuchPacket,
    /// Who wants to pass it on has not opened it.
    NotOpened,
    /// It is passed on, with so many parts left.
    Shared(u32),
}

impl Vault {
    /// The night that is in the store, and how many parts of it are opened; where there is none, that of the plan.
    pub(super) async fn open(
        store: Store,
        outbox: TableQueue,
        plan: &Plan,
    ) -> Result<(Self, u64), StoreError> {
        if store.get(&NIGHT, &0).await?.is_none() {
            let (night, packets) = issue(plan);
            for some in packets.chunks(AT_ONCE) {
                let batch = some
                    .iter()
                    .fold(Batch::new(), |batch, (number, packet)| batch.put(&PACKETS, number, packet));
                store.commit(batch).await?;
            }
            // Last: a night is there as a whole, or issued anew.
            store.commit(Batch::new().put_new(&NIGHT, &0, &night)).await?;
        }
        let packets = all(&store, &PACKETS).await?;
        let opened = packets.iter().map(|(_, packet)| u64::from(packet.opened)).sum();
        let draws = Draws::open(&store, &packets).await?;
        Ok((Self { store, outbox, draws }, opened))
    }

    /// Tokens that nobody else gets.
    pub(super) async fn draw(&self, most: usize) -> Result<Vec<Token>, Status> {
        self.draws.draw(&self.store, most).await.map_err(status_of)
    }

    /// Opens a part for a user: that it is opened, by whom, and that it is to be credited is one commit.
    pub(super) async fn open_for(&self, user: u64, token: &Token) -> Result<Opening, Status> {
        loop {
            let Some(packet) = self.packet(token).await? else { return Ok(Opening::NoSuchPacket) };
            let key = (token.packet, user);
            if let Some(opened) = self.store.get(&OPENED, &key).await.map_err(status_of)? {
                return Ok(Opening::Before(opened.record.fen));
            }
            let Versioned { record: packet, version } = packet;
            let part = packet.opened;
            let Some(fen) = usize::try_from(part).ok().and_then(|part| packet.parts.get(part).copied())
            else {
                return Ok(Opening::Gone);
            };
            let packet = Packet { opened: part + 1, ..packet };
            let batch = Batch::new().put_if(&PACKETS, &token.packet, version, &packet).put_new(
                &OPENED,
                &key,
                &Opened { part, fen },
            );
            match self.outbox.accept(batch, credit(user, token.packet, fen)?).await {
                Ok(Accepted::New) => return Ok(Opening::Now(fen)),
                // A part was opened meanwhile, by this user or another one, which can happen as often as there are parts.
                Ok(Accepted::Known(_)) | Err(QueueError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Passes a packet on, as often as it is asked.
    pub(super) async fn share(&self, user: u64, token: &Token, friend: u64) -> Result<Sharing, Status> {
        let Some(packet) = self.packet(token).await? else { return Ok(Sharing::NoSuchPacket) };
        if self.store.get(&OPENED, &(token.packet, user)).await.map_err(status_of)?.is_none() {
            return Ok(Sharing::NotOpened);
        }
        let shared = Batch::new().put(&SHARED, &(token.packet, friend), &Shared { by: user });
        self.store.commit(shared).await.map_err(status_of)?;
        let parts = u32::try_from(packet.record.parts.len()).unwrap_or(u32::MAX);
        Ok(Sharing::Shared(parts.saturating_sub(packet.record.opened)))
    }

    async fn packet(&self, token: &Token) -> Result<Option<Versioned<Packet>>, Status> {
        let packet = self.store.get(&PACKETS, &token.packet).await.map_err(status_of)?;
        Ok(packet.filter(|packet| packet.record.key == token.key))
    }
}

/// The credit of an opened part.
fn credit(user: u64, packet: u64, fen: u64) -> Result<NewJob, Status> {
    let request = CreditRequest { user, packet, fen, ..CreditRequest::default() };
    let bytes = request.encode().or_internal()?;
    Ok(NewJob::new(OUTBOX, id_of(&request), bytes))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use svrkit_runtime::queue::{JobState, Queue};

    use super::*;

    const PLAN: Plan = Plan { seed: 1, packets: 3, parts: 5, fen: 1_000 };

    async fn vault() -> (Arc<Vault>, Vec<Token>) {
        let store = Store::in_memory();
        let outbox = TableQueue::open(store.clone()).await.unwrap();
        let (vault, opened) = Vault::open(store, outbox, &PLAN).await.unwrap();
        assert_eq!(opened, 0);
        let tokens = vault.draw(100).await.unwrap();
        (Arc::new(vault), tokens)
    }

    #[tokio::test]
    async fn a_user_opens_a_packet_once_and_is_told_the_same_again() {
        let (vault, tokens) = vault().await;
        let Opening::Now(fen) = vault.open_for(7, &tokens[0]).await.unwrap() else { panic!("not opened") };
        assert_eq!(vault.open_for(7, &tokens[0]).await.unwrap(), Opening::Before(fen));
        let credit = credit(7, tokens[0].packet, fen).unwrap();
        let state = vault.outbox.state(OUTBOX, credit.id).await.unwrap();
        assert!(matches!(state, Some(JobState::Waiting { attempts: 0, .. })), "{state:?}");
    }

    #[tokio::test]
    async fn who_does_not_know_the_key_opens_and_shares_nothing() {
        let (vault, tokens) = vault().await;
        let guessed = Token { key: tokens[0].key ^ 1, ..tokens[0].clone() };
        assert_eq!(vault.open_for(7, &guessed).await.unwrap(), Opening::NoSuchPacket);
        assert_eq!(vault.share(7, &guessed, 8).await.unwrap(), Sharing::NoSuchPacket);
        assert_eq!(vault.share(7, &tokens[0], 8).await.unwrap(), Sharing::NotOpened);
        let unknown = Token { packet: 99, ..tokens[0].clone() };
        assert_eq!(vault.open_for(7, &unknown).await.unwrap(), Opening::NoSuchPacket);
    }

    #[tokio::test]
    async fn of_many_who_open_a_packet_at_once_each_part_is_one_users() {
        let (vault, tokens) = vault().await;
        // The last token is one of the packet that has most parts.
        let token = tokens.last().unwrap();
        let parts = vault.packet(token).await.unwrap().unwrap().record.parts;
        let opening = (1..=20).map(|user| {
            let (vault, token) = (Arc::clone(&vault), token.clone());
            tokio::spawn(async move { vault.open_for(user, &token).await.unwrap() })
        });
        let mut got = Vec::new();
        for opening in opening.collect::<Vec<_>>() {
            match opening.await.unwrap() {
                Opening::Now(fen) => got.push(fen),
                other => assert_eq!(other, Opening::Gone),
            }
        }
        got.sort_unstable();
        let mut parts = parts;
        parts.sort_unstable();
        assert_eq!(got, parts);
    }

    #[tokio::test]
    async fn a_night_goes_on_where_it_was_whatever_the_plan_is_now() {
        let store = Store::in_memory();
        let outbox = TableQueue::open(store.clone()).await.unwrap();
        let (vault, _) = Vault::open(store.clone(), outbox.clone(), &PLAN).await.unwrap();
        let first = vault.draw(1).await.unwrap();
        assert_ne!(vault.open_for(7, &first[0]).await.unwrap(), Opening::Gone);
        let other = Plan { seed: 2, packets: 9, ..PLAN };
        let (vault, opened) = Vault::open(store, outbox, &other).await.unwrap();
        assert_eq!(opened, 1);
        assert_eq!(vault.draw(1).await.unwrap()[0].packet, first[0].packet + 1);
        assert!(matches!(vault.open_for(7, &first[0]).await.unwrap(), Opening::Before(_)));
        assert!(matches!(vault.share(7, &first[0], 8).await.unwrap(), Sharing::Shared(_)));
    }
}
