//! The open loop: each deed is begun when it is due, whatever has become of those before.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep_until};

use super::crowd::{Deed, Mind, What};
use super::phones::Phones;
use crate::books::Promise;
use crate::protocol::Token;
use crate::report::model::Ask;

/// So many are begun at once before others have their turn.
const TOGETHER: usize = 64;

/// What all who do something share.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) phones: Phones,
    /// Packets that were sent to somebody before the night.
    gifts: Mutex<VecDeque<Token>>,
    /// What people were told: the books have to keep it.
    promises: Mutex<Vec<Promise>>,
    users: u64,
}

/// Does all deeds, and waits for what follows from them. Nobody who does nothing just now is a task.
pub(crate) async fn drive(scene: &Arc<Scene>, deeds: impl Iterator<Item = Deed>) {
    let began = scene.phones.began();
    let mut under_way = JoinSet::new();
    let mut together = 0;
    for deed in deeds {
        let due = began + deed.due;
        if Instant::now() < due {
            together = 0;
            sleep_until(due).await;
        } else if together == TOGETHER {
            together = 0;
            yield_now().await;
        }
        together += 1;
        under_way.spawn(Arc::clone(scene).follow(deed, due));
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
}

impl Scene {
    pub(crate) fn new(phones: Phones, gifts: VecDeque<Token>, users: u64) -> Self {
        Self { phones, gifts: Mutex::new(gifts), promises: Mutex::default(), users }
    }

    /// What people have been told, once.
    pub(crate) fn promises(&self) -> Vec<Promise> {
        std::mem::take(&mut locked(&self.promises))
    }

    /// From a shake to what a friend has of it.
    async fn follow(self: Arc<Self>, deed: Deed, due: Instant) {
        let mut mind = Mind::new(deed.seed, self.users);
        let token = match deed.what {
            // Whatever falls out, it goes on.
            What::Loop => self.phones.shake(Ask::Loop, deed.user, due).await.and(None),
            What::Gift => self.gift(),
            What::Shake => self.phones.shake(Ask::Shake, deed.user, due).await,
        };
        let Some(token) = token else { return };
        let due = if deed.what == What::Gift { due } else { pause(mind.thinks()).await };
        if !self.open(deed.user, &token, due).await {
            return;
        }
        let Some(friend) = mind.friend() else { return };
        let due = pause(mind.thinks()).await;
        if self.phones.share(deed.user, token.clone(), friend, due).await {
            let due = pause(mind.thinks()).await;
            self.open(friend, &token, due).await;
        }
    }

    /// Whether something was in it.
    async fn open(&self, user: u64, token: &Token, due: Instant) -> bool {
        let fen = self.phones.open(user, token.clone(), due).await.unwrap_or_default();
        if fen > 0 {
            locked(&self.promises).push(Promise { user, packet: token.packet, fen });
        }
        fen > 0
    }

    fn gift(&self) -> Option<Token> {
        locked(&self.gifts).pop_front()
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When what follows a thought is due, which is now.
async fn pause(thought: Duration) -> Instant {
    let due = Instant::now() + thought;
    sleep_until(due).await;
    due
}
