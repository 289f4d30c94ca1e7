//! Which tokens are given out next.

use svrkit_store::{Batch, Store, StoreError};
use tokio::sync::Mutex;

use super::tables::{DRAWN, Drawn, Packet};
use crate::protocol::Token;

/// A token for each part of each packet, given out once: how far that has come is in the store.
#[derive(Debug)]
pub(super) struct Draws {
    tokens: Vec<Token>,
    drawn: Mutex<usize>,
}

impl Draws {
    pub(super) async fn open(store: &Store, packets: &[(u64, Packet)]) -> Result<Self, StoreError> {
        let drawn = store.get(&DRAWN, &0).await?.map_or(0, |drawn| drawn.record.tokens);
        let drawn = usize::try_from(drawn).unwrap_or(usize::MAX);
        Ok(Self { tokens: in_rounds(packets), drawn: Mutex::new(drawn) })
    }

    /// The next `most` tokens, or fewer at the end. They are given out when it is known that they are: those of an answer that is lost are nobody's.
    pub(super) async fn draw(&self, store: &Store, most: usize) -> Result<Vec<Token>, StoreError> {
        let mut drawn = self.drawn.lock().await;
        let tokens: Vec<_> = self.tokens.iter().skip(*drawn).take(most).cloned().collect();
        if !tokens.is_empty() {
            let until = *drawn + tokens.len();
            store.commit(Batch::new().put(&DRAWN, &0, &Drawn { tokens: until as u64 })).await?;
            *drawn = until;
        }
        Ok(tokens)
    }
}

/// One token of each packet, then another one of each that has a second part, and so on: those who open one packet come at different times.
fn in_rounds(packets: &[(u64, Packet)]) -> Vec<Token> {
    let rounds = packets.iter().map(|(_, packet)| packet.parts.len()).max().unwrap_or_default();
    let round = |round: usize| {
        let of_round = packets.iter().filter(move |(_, packet)| packet.parts.len() > round);
        of_round.map(|(number, packet)| Token { packet: *number, key: packet.key, ..Token::default() })
    };
    (0..rounds).flat_map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(parts: usize) -> Packet {
        Packet { parts: vec![1; parts], ..Packet::default() }
    }

    async fn drawn(draws: &Draws, store: &Store, most: usize) -> Vec<u64> {
        draws.draw(store, most).await.unwrap().iter().map(|token| token.packet).collect()
    }

    #[tokio::test]
    async fn each_part_has_a_token_that_is_given_out_once_across_restarts() {
        let packets = [(1, packet(2)), (2, packet(1)), (3, packet(3))];
        let store = Store::in_memory();
        let draws = Draws::open(&store, &packets).await.unwrap();
        assert_eq!(drawn(&draws, &store, 4).await, [1, 2, 3, 1]);
        let again = Draws::open(&store, &packets).await.unwrap();
        assert_eq!(drawn(&again, &store, 9).await, [3, 3]);
        assert!(drawn(&again, &store, 9).await.is_empty());
    }
}
