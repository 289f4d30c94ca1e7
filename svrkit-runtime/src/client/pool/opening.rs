//! Opening a connection: a task of the client's own, whose result everybody who waits for it shares.
//!
//! It is bounded by `connect.timeout` and `hello.timeout`, not by the deadline of the request that happened to need it
//! first: a deadline that is too short for the way there must not keep the client from ever arriving. Once the connection is
//! open, the same task keeps it (`keeping.rs`).

use std::sync::{Arc, OnceLock, Weak};

use tokio::sync::Notify;

use super::keeping;
use super::{Peer, Pool, Source};
use crate::client::connection::Connection;
use crate::client::{frame_link, in_process};
use crate::status::Status;
use crate::status::catalogue::connecting;
use crate::transport::Address;

/// What came of opening a connection.
pub(in crate::client) type Opened = Result<Arc<Connection>, Status>;

/// A connection that is being opened.
#[derive(Clone, Debug)]
pub(super) struct Opening(Arc<Announcement>);

/// What came of it, and who waits for that: they are told in the order in which they came.
#[derive(Debug, Default)]
struct Announcement {
    opened: OnceLock<Opened>,
    told: Notify,
}

impl Opening {
    pub(super) async fn result(self) -> Opened {
        loop {
            let told = self.0.told.notified();
            if let Some(opened) = self.0.opened.get() {
                return opened.clone();
            }
            told.await;
        }
    }
}

/// Tells those who wait what came of an opening; dropped without, that nothing did.
struct Done(Arc<Announcement>);

impl Done {
    fn tell(&self, opened: Opened) {
        // Who was told once is told no other.
        let _ = self.0.opened.set(opened);
        self.0.told.notify_waiters();
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        self.tell(Err(connecting::opening_ended()));
    }
}

/// An opening, and the task that does it. Where that is dropped without a result, be it with its runtime, the next one who
/// needs a connection begins anew.
pub(super) fn begin(
    pool: Weak<Pool>,
    peer: Arc<Peer>,
) -> (Opening, impl Future<Output = ()> + Send + 'static) {
    let announcement = Arc::new(Announcement::default());
    let done = Done(Arc::clone(&announcement));
    let attempt = Begun { pool, peer: Some(peer) };
    (Opening(announcement), run(attempt, done))
}

/// Tells the pool if nothing comes of an opening.
struct Begun {
    pool: Weak<Pool>,
    /// Taken when something has.
    peer: Option<Arc<Peer>>,
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let (Some(peer), Some(pool)) = (self.peer.take(), self.pool.upgrade()) {
            pool.forsaken(&peer);
        }
    }
}

async fn run(mut begun: Begun, done: Done) {
    let (Some(pool), Some(peer)) = (begun.pool.upgrade(), begun.peer.clone()) else { return };
    let limits = *pool.limits();
    let opened = match (peer.address(), &pool.source) {
        (Address::InProcess, Source::InProcess(services)) => {
            let services = services.clone();
            drop(pool);
            Ok(in_process::open(services, limits, Arc::clone(&peer)))
        }
        _ => {
            let settings = pool.settings.clone();
            // Held across the wait, it would keep a client alive that its users have dropped.
            drop(pool);
            frame_link::open(&peer, &settings).await
        }
    };
    let opened = opened.map(Arc::new);
    begun.peer = None;
    let listed = begun.pool.upgrade().is_some_and(|pool| match &opened {
        Ok(connection) => pool.opened(&peer, connection),
        Err(status) => {
            pool.failed(&peer, status);
            false
        }
    });
    let kept = opened.as_ref().ok().filter(|_| listed).map(Arc::clone);
    let keeping = kept.map(|connection| keeping::keep(begun.pool.clone(), peer, &connection, &limits));
    done.tell(opened);
    drop(done);
    if let Some(keeping) = keeping {
        keeping.await;
    }
}
