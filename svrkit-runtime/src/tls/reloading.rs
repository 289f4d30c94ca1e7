//! What is made of files, and made anew when they have changed.
//!
//! Files are looked at by use: before a handshake, `tls.watch` after the last look at the earliest. Nobody who opens no connection
//! needs a new certificate, so there is no task and no timer. What counts is what the files hold, not their times: a link that is
//! moved is a change, a file that is touched is none.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::error::TlsError;
use crate::log::{self, Event};

/// How a configuration is made of files.
pub(super) trait Recipe: Send + Sync + 'static {
    /// What stands in the files.
    type Text: Hash;
    /// What is made of it.
    type Config: Send + Sync;

    /// Whose it is, for the log.
    const WHOSE: &'static str;

    /// Whether it can change at all.
    fn has_files(&self) -> bool;

    fn read(&self) -> Result<Self::Text, TlsError>;

    fn build(&self, text: &Self::Text) -> Result<Self::Config, TlsError>;
}

/// How often certificates and keys were loaded anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reloads {
    /// They had changed, and new connections use them.
    pub taken: u64,
    /// They had changed and were faulty: the log says how. The old ones go on being used.
    pub refused: u64,
}

/// The configuration that new connections use.
pub(super) struct Reloading<R: Recipe> {
    recipe: R,
    hasher: RandomState,
    /// Held by whoever looks, so that an earlier look never overwrites a later one.
    looking: Mutex<()>,
    state: Mutex<State<R::Config>>,
}

struct State<C> {
    config: Arc<C>,
    /// Of what was read last, be it faulty: one fault is told once.
    seen: u64,
    looked: Instant,
    reloads: Reloads,
}

impl<R: Recipe> Reloading<R> {
    /// Reads files, and blocks meanwhile.
    pub(super) fn load(recipe: R) -> Result<Arc<Self>, TlsError> {
        let hasher = RandomState::new();
        let text = recipe.read()?;
        let state = State {
            config: Arc::new(recipe.build(&text)?),
            seen: hasher.hash_one(&text),
            looked: Instant::now(),
            reloads: Reloads::default(),
        };
        Ok(Arc::new(Self { recipe, hasher, looking: Mutex::default(), state: Mutex::new(state) }))
    }

    /// Reads the files again, changed or not, and blocks meanwhile.
    pub(super) fn reload(&self) -> Result<(), TlsError> {
        let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let text = self.recipe.read().map_err(|error| self.refuse(error))?;
        self.take(self.hasher.hash_one(&text), self.recipe.build(&text))
    }

    pub(super) fn reloads(&self) -> Reloads {
        self.lock().reloads
    }

    /// The configuration for a handshake that begins now.
    pub(super) async fn fresh(self: &Arc<Self>, watch: Duration) -> Arc<R::Config> {
        if self.recipe.has_files() && self.is_due(watch) {
            let this = Arc::clone(self);
            // What it has found is in the state; where it cannot run, the old configuration holds.
            let _ = spawn_blocking(move || this.look()).await;
        }
        Arc::clone(&self.lock().config)
    }

    /// Whether it is time to look; whoever is told so does it.
    fn is_due(&self, watch: Duration) -> bool {
        let (now, mut state) = (Instant::now(), self.lock());
        let is_due = now.saturating_duration_since(state.looked) >= watch;
        if is_due {
            state.looked = now;
        }
        is_due
    }

    /// Unless somebody looks already: where a file cannot be read to its end, one thread waits for it and not one a look.
    fn look(&self) {
        let _looking = match self.looking.try_lock() {
            Ok(looking) => looking,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let text = match self.recipe.read() {
            Ok(text) => text,
            Err(error) if self.hasher.hash_one(error.to_string()) == self.lock().seen => return,
            Err(error) => {
                self.refuse(error);
                return;
            }
        };
        let seen = self.hasher.hash_one(&text);
        if seen != self.lock().seen {
            // A fault is told in the log.
            let _ = self.take(seen, self.recipe.build(&text));
        }
    }

    fn take(&self, seen: u64, built: Result<R::Config, TlsError>) -> Result<(), TlsError> {
        match built {
            Ok(config) => {
                let mut state = self.lock();
                (state.config, state.seen) = (Arc::new(config), seen);
                state.reloads.taken += 1;
                Ok(())
            }
            Err(error) => {
                let error = self.refuse(error);
                self.lock().seen = seen;
                Err(error)
            }
        }
    }

    fn refuse(&self, error: TlsError) -> TlsError {
        let mut state = self.lock();
        state.seen = self.hasher.hash_one(error.to_string());
        state.reloads.refused += 1;
        drop(state);
        log::line(
            Event::CertificatesNotTaken,
            &[],
            format_args!("the new certificates of {} are not taken, the old ones go on: {error}", R::WHOSE),
        );
        error
    }

    /// Each change under the lock is whole before the next line: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, State<R::Config>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
