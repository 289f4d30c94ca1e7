//! A server that has its address: from there to its end.

use std::fmt;
use std::future::pending;
use std::sync::Arc;

use super::serving::Serving;
use super::signal::StopSignals;
use super::{Drained, ServeError, Shared};
use crate::transport::{Address, Listener};

/// A server that has its address and is about to serve.
///
/// Shown as `serving shop.Orders on 127.0.0.1:4310`.
#[derive(Debug)]
#[must_use = "a bound server serves nothing until it is run"]
pub struct Bound {
    pub(super) listener: Listener,
    pub(super) local: Address,
    pub(super) shared: Arc<Shared>,
}

impl Bound {
    /// The address it listens on, in the form that a client takes: `127.0.0.1:4310` or `unix:/run/shop.sock`.
    #[must_use]
    pub fn local_addr(&self) -> &Address {
        &self.local
    }

    /// Serves until SIGTERM or Ctrl-C, then drains. A second signal cuts the drain short.
    ///
    /// # Errors
    /// [`ServeError::Signals`] where signals cannot be waited for; nothing was served then.
    pub async fn run(self) -> Result<Drained, ServeError> {
        let mut signals = StopSignals::new().map_err(ServeError::Signals)?;
        let serving = self.start();
        signals.next().await;
        Ok(serving.drain(signals.next()).await)
    }

    /// Serves until `stop` is ready, then drains. Dropping the future stops serving without a drain.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Drained {
        let serving = self.start();
        stop.await;
        serving.drain(pending()).await
    }

    pub(crate) fn start(self) -> Serving {
        Serving::start(self.listener, self.shared)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            self.shared.router.specs().filter(|spec| !spec.is_kit()).map(|spec| spec.name).collect();
        write!(f, "serving {} on {}", names.join(", "), self.local)
    }
}
