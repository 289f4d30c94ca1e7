//! What a client tells of itself beside the outcomes of its calls.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use svrkit_runtime::{CallFacts, ClientDecision, Decision, Monitor};

/// Counts attempts, and notes when endpoints are ejected.
#[derive(Debug)]
pub(crate) struct Witness {
    born: Instant,
    attempts: AtomicU64,
    ejections: Mutex<Vec<(Duration, String)>>,
}

impl Witness {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            born: now,
            attempts: AtomicU64::new(0),
            ejections: Mutex::default(),
        }
    }

    /// Attempts, and ejections in microseconds from so long after its birth on.
    pub(crate) fn told(&self, from: Duration) -> Result<(u64, Vec<(u64, String)>)> {
        let ejections = self.ejections.lock().map_err(|_| anyhow!("a caller panicked"))?;
        let ejections = ejections
            .iter()
            .map(|(at, endpoint)| (at.saturating_sub(from).as_micros() as u64, endpoint.clone()));
        Ok((self.attempts.load(Ordering::Relaxed), ejections.collect()))
    }
}

/// Shared by all clients of a process.
#[derive(Debug)]
pub(super) struct Shared(pub std::sync::Arc<Witness>);

impl Monitor for Shared {
    fn call_began(&self, _: &CallFacts<'_>) {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
    }

    fn client_decided(&self, decided: &ClientDecision<'_>) {
        if !matches!(
            decided.decision,
            Decision::EjectedByRow | Decision::EjectedByShare
        ) {
            return;
        }
        if let Ok(mut ejections) = self.0.ejections.lock() {
            let endpoint = decided.endpoint.unwrap_or_default().to_owned();
            ejections.push((self.0.born.elapsed(), endpoint));
        }
    }
}
