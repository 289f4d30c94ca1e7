//! The pools of this process, for whoever shows their connections: a pool is listed when its client is made, and goes with it.
//!
//! Nothing a call waits for. *Absent:* clients of services in the same process, which have no connections.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Pool;
use super::seen::{Dialed, PoolSeen};
use crate::one_line::one_line;

/// Most bytes of a target that are kept: it may be a list of thousands of addresses.
const TARGET_LEN_MAX: usize = 120;

static POOLS: Mutex<BTreeMap<u64, Listed>> = Mutex::new(BTreeMap::new());

struct Listed {
    target: Arc<str>,
    pool: Weak<Pool>,
}

/// A pool's place on the list, which it gives back.
#[derive(Debug)]
pub(super) struct Listing(u64);

impl Listing {
    /// That of a pool whose client was given this target.
    pub(super) fn of(pool: &Arc<Pool>, target: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let target = one_line(format_args!("{target}"), TARGET_LEN_MAX).into();
        pools().insert(number, Listed { target, pool: Arc::downgrade(pool) });
        Self(number)
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        pools().remove(&self.0);
    }
}

/// What there is to be seen of the connections of this process's clients, those of the oldest client first: `max` of them, the rest
/// counted.
pub(crate) fn dialed(max: usize) -> Dialed {
    // Not under the lock: what is the last handle to a pool by then takes it off the list.
    let listed: Vec<_> =
        pools().values().filter_map(|it| Some((Arc::clone(&it.target), it.pool.upgrade()?))).collect();
    let mut all = Dialed::default();
    for (target, pool) in listed {
        let PoolSeen { connections, left_out, unconnected } = pool.seen(&target, max - all.connections.len());
        all.connections.extend(connections);
        all.left_out += left_out;
        all.unconnected += unconnected;
    }
    all
}

/// No change under the lock panics: a poisoned list is whole.
fn pools() -> MutexGuard<'static, BTreeMap<u64, Listed>> {
    POOLS.lock().unwrap_or_else(PoisonError::into_inner)
}
