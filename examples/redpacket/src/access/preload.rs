//! Tokens that are here before anybody shakes for them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use svrkit_runtime::metrics::Gauge;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::protocol::{DrawRequest, PacketsClient, Token};

/// After a draw that brought nothing, the next one is made after so long.
const REST: Duration = Duration::from_millis(200);

/// Tokens that shakes are answered with, at most so many. They are drawn in batches, so that no shake waits for another tier.
#[derive(Debug)]
pub(super) struct Preload {
    tokens: Mutex<VecDeque<Token>>,
    most: usize,
    half_empty: Notify,
    held: Gauge,
}

impl Preload {
    pub(super) fn new(most: usize, held: Gauge) -> Arc<Self> {
        Arc::new(Self { tokens: Mutex::default(), most, half_empty: Notify::new(), held })
    }

    /// A token that nobody else gets. `None`: there is none just now.
    pub(super) fn take(&self) -> Option<Token> {
        let (token, left) = {
            let mut tokens = self.tokens();
            (tokens.pop_front(), tokens.len())
        };
        if left <= self.most / 2 {
            self.half_empty.notify_one();
        }
        if token.is_some() {
            self.held.add(-1);
        }
        token
    }

    /// Draws tokens whenever half of them are gone, for as long as it is polled. Those of a draw whose answer is lost stay in their packets.
    pub(super) async fn fill(&self, packets: PacketsClient) {
        loop {
            let missing = self.most.saturating_sub(self.len());
            if missing < self.most.div_ceil(2) {
                self.half_empty.notified().await;
                continue;
            }
            let count = u32::try_from(missing).unwrap_or(u32::MAX).min(10_000);
            match packets.draw(&DrawRequest { count, ..DrawRequest::default() }).await {
                Ok(drawn) if !drawn.tokens.is_empty() => self.add(drawn.tokens),
                // There are no more tonight, or packet is not there just now.
                Ok(_) | Err(_) => sleep(REST).await,
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.tokens().len()
    }

    fn add(&self, drawn: Vec<Token>) {
        let mut tokens = self.tokens();
        let room = self.most.saturating_sub(tokens.len());
        let before = tokens.len();
        tokens.extend(drawn.into_iter().take(room));
        self.held.add(i64::try_from(tokens.len() - before).unwrap_or(i64::MAX));
    }

    fn tokens(&self) -> MutexGuard<'_, VecDeque<Token>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
