//! Users who shake, open what they get, and pass it on to a friend, each as fast as it is answered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redpacket::books::Promise;
use redpacket::protocol::{AccessClient, OpenRequest, ShakeRequest, ShareRequest, Token};
use svrkit_runtime::{Client, Code, Status};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How many there are at a time: each is another user for each shake.
const PEOPLE: u64 = 16;

/// Who is refused rests for so long.
const REST: Duration = Duration::from_millis(20);

pub(crate) struct Crowd {
    people: JoinSet<()>,
    shared: Arc<Shared>,
}

struct Shared {
    access: AccessClient,
    users: AtomicU64,
    is_over: AtomicBool,
    promises: Mutex<Vec<Promise>>,
    told: Notify,
}

impl Crowd {
    pub(crate) fn start(access: &str) -> Self {
        let shared = Arc::new(Shared {
            access: AccessClient::new(Client::builder(access).lazy()),
            users: AtomicU64::new(1),
            is_over: AtomicBool::new(false),
            promises: Mutex::default(),
            told: Notify::new(),
        });
        let people = (0..PEOPLE).map(|_| shared.clone().celebrate()).collect();
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
    async fn celebrate(self: Arc<Self>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let user = self.users.fetch_add(2, Ordering::Relaxed);
            match self.access.shake(&ShakeRequest { user, ..ShakeRequest::default() }).await {
                Ok(shaken) => {
                    if let Some(token) = shaken.token
                        && self.open(user, &token).await
                        && self.share(user, &token).await
                    {
                        self.open(user + 1, &token).await;
                    }
                }
                Err(_) => sleep(REST).await,
            }
        }
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

    async fn share(&self, user: u64, token: &Token) -> bool {
        let token = Some(token.clone());
        let request = ShareRequest { user, token, friend: user + 1, ..ShareRequest::default() };
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
                Err(_) if self.is_over.load(Ordering::Relaxed) => return None,
                Err(_) => sleep(REST).await,
            }
        }
    }

    fn promises(&self) -> std::sync::MutexGuard<'_, Vec<Promise>> {
        self.promises.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
