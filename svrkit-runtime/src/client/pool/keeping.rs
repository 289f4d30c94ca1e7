//! Staying with a connection until it takes no calls any more: idle, old, lost or left by the server.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Peer, Pool};
use crate::client::connection::{Connection, Link};
use crate::limits::Limits;
use crate::metrics::{PoolSeries, Pooled};
use crate::transport::{Lifespan, Verdict};

/// Takes the connection out of the pool when it is dropped: at the end of its task, be it that of the runtime.
struct Kept {
    pool: Weak<Pool>,
    peer: Arc<Peer>,
    connection: Weak<Connection>,
    /// For how long the endpoint need not be connected to again: for as long as nobody needed this connection.
    idle: Duration,
    /// It is counted for as long.
    _counted: Option<Pooled>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.ended(&self.peer, self.connection.as_ptr(), self.idle);
        }
    }
}

/// Keeps `connection`, which is in the pool. The task holds it by its link alone: it ends with its last user.
pub(super) fn keep(
    pool: Weak<Pool>,
    peer: Arc<Peer>,
    connection: &Arc<Connection>,
    limits: &Limits,
) -> impl Future<Output = ()> + Send + use<> {
    let link = Arc::clone(&connection.link);
    let counted = pool.upgrade().and_then(|pool| pool.counted.as_ref().map(PoolSeries::connection));
    let connection = Arc::downgrade(connection);
    let kept = Kept { pool, peer, connection, idle: Duration::ZERO, _counted: counted };
    watch(kept, link, Lifespan::begin(limits), *limits)
}

async fn watch(mut kept: Kept, link: Arc<dyn Link>, mut lifespan: Lifespan, limits: Limits) {
    let Some(activity) = link.activity() else { return link.departure().begun().await };
    while timeout_at(lifespan.next(), link.departure().begun()).await.is_err() {
        let now = Instant::now();
        match lifespan.look(now, !link.pending().is_idle(), activity.last()) {
            Verdict::Stay => {}
            Verdict::Idle => {
                kept.idle = limits.connection_idle;
                link.leave();
            }
            // Its place is taken before it goes: no call has to wait for that.
            Verdict::Aged => match kept.successor().await {
                Successor::Open | Successor::Unneeded => link.leave(),
                // An old connection is better than none.
                Successor::Failed => lifespan.prolong(Instant::now(), limits.client_backoff_max),
            },
        }
    }
}

enum Successor {
    Open,
    Failed,
    /// Nobody calls this endpoint any more.
    Unneeded,
}

impl Kept {
    async fn successor(&self) -> Successor {
        match self.pool.upgrade().and_then(|pool| pool.open_another(&self.peer)) {
            None => Successor::Unneeded,
            Some(opening) => match opening.result().await {
                Ok(_) => Successor::Open,
                Err(_) => Successor::Failed,
            },
        }
    }
}
