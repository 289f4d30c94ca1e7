//! Users who shake, and users who open packets and pass them on to a friend, each as fast as they are answered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redpacket::books::Promise;
use redpacket::protocol::{
    AccessClient, DrawRequest, OpenRequest, PacketsClient, ShakeRequest, ShareRequest, Token,
};
use svrkit_runtime::{Client, Code, Status};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Users who open packets that they were given, and who pass them on.
const OPENERS: u64 = 16;
/// Users who shake, far more than the entry has places for: each is another one for each shake.
const SHAKERS: u64 = 80;

/// Who was refused rests for so long: before the next shake, and before the same is asked again.
const SHAKE_REST: Duration = Duration::from_millis(100);
const REST: Duration = Duration::from_millis(20);

pub(crate) struct Crowd {
    people: JoinSet<()>,
    shared: Arc<Shared>,
}

struct Shared {
    access: AccessClient,
    gifts: Mutex<Vec<Token>>,
    users: AtomicU64,
    is_over: AtomicBool,
    promises: Mutex<Vec<Promise>>,
    told: Notify,
}

impl Crowd {
    /// People at the entry, with so many gifts out of the tier of packets: those who open are not to depend on how many shakes are answered.
    pub(crate) async fn start(access: &str, packets: &str, gifts: u32) -> Self {
        let packets = PacketsClient::connect(packets).await.unwrap();
        let drawn = packets.draw(&DrawRequest { count: gifts, ..DrawRequest::default() }).await.unwrap();
        let shared = Arc::new(Shared {
            access: AccessClient::new(Client::builder(access).lazy()),
            gifts: Mutex::new(drawn.tokens),
            users: AtomicU64::new(1),
            is_over: AtomicBool::new(false),
            promises: Mutex::default(),
            told: Notify::new(),
        });
        let mut people = JoinSet::new();
        for _ in 0..OPENERS {
            people.spawn(Arc::clone(&shared).unpack());
        }
        for _ in 0..SHAKERS {
            people.spawn(Arc::clone(&shared).shake());
        }
        Self { people, shared }
    }

    /// Waits until so many have been told what was in their packets.
    pub(crate) async fn has_opened(&self, number: usize) {
        loop {
            let told = self.shared.told.notified();
            if self.shared.promises().len() >= number {
                return;
            }
            told.await;
        }
    }

    /// Has everybody end what they are at. What they were told.
    pub(crate) async fn go_home(mut self) -> Vec<Promise> {
        self.shared.is_over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.people.join_next().await {
            ended.unwrap();
        }
        self.shared.promises().clone()
    }
}

impl Shared {
    async fn unpack(self: Arc<Self>) {
        while !self.is_over() {
            let gift = self.gifts.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(token) = gift else { return };
            let (user, friend) = (self.next_user(), self.next_user());
            if self.open(user, &token).await && self.share(user, &token, friend).await {
                self.open(friend, &token).await;
            }
        }
    }

    async fn shake(self: Arc<Self>) {
        while !self.is_over() {
            let user = self.next_user();
            match self.access.shake(&ShakeRequest { user, ..ShakeRequest::default() }).await {
                Ok(shaken) => {
                    if let Some(token) = shaken.token {
                        self.open(user, &token).await;
                    }
                }
                Err(_) => sleep(SHAKE_REST).await,
            }
        }
    }

    fn next_user(&self) -> u64 {
        self.users.fetch_add(1, Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Asks until it is told, or the night is over. `true`: it has a part.
    async fn open(&self, user: u64, token: &Token) -> bool {
        let request = OpenRequest { user, token: Some(token.clone()), ..OpenRequest::default() };
        let Some(opened) = self.insist(|| self.access.open(&request)).await else { return false };
        if opened.fen > 0 {
            self.promises().push(Promise { user, packet: token.packet, fen: opened.fen });
            self.told.notify_waiters();
        }
        opened.fen > 0
    }

    async fn share(&self, user: u64, token: &Token, friend: u64) -> bool {
        let token = Some(token.clone());
        let request = ShareRequest { user, token, friend, ..ShareRequest::default() };
        self.insist(|| self.access.share(&request)).await.is_some()
    }

    /// Asks again whatever goes wrong, for as long as the night goes on; by the answer or nothing.
    async fn insist<R>(&self, ask: impl Fn() -> svrkit_runtime::Request<R>) -> Option<R>
    where
        svrkit_runtime::Request<R>: Future<Output = Result<R, Status>>,
    {
        loop {
            match ask().await {
                Ok(answer) => return Some(answer),
                Err(status) if matches!(status.code(), Code::NotFound | Code::FailedPrecondition) => {
                    panic!("{status}")
                }
                Err(_) if self.is_over() => return None,
                Err(_) => sleep(REST).await,
            }
        }
    }

    fn promises(&self) -> std::sync::MutexGuard<'_, Vec<Promise>> {
        self.promises.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
