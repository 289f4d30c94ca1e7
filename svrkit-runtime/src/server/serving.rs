//! A server that serves, and how that ends.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::{Drained, Shared, accept, drain};
use crate::task;
use crate::transport::Listener;

/// A server that serves. Dropping it stops it at once.
pub(crate) struct Serving {
    accepting: JoinHandle<()>,
    shared: Arc<Shared>,
}

impl Serving {
    pub(super) fn start(listener: Listener, shared: Arc<Shared>) -> Self {
        let accepting = task::spawn(accept::accept(listener, Arc::clone(&shared)));
        Self { accepting, shared }
    }

    pub(crate) async fn drain(mut self, hurry: impl Future<Output = ()>) -> Drained {
        self.accept_no_more().await;
        drain::drain(&self.shared, hurry).await
    }

    /// Ends without a drain. Who connects from here on is refused by the system.
    pub(crate) async fn crash(mut self) {
        self.accept_no_more().await;
        // Dropping it cuts the connections.
    }

    async fn accept_no_more(&mut self) {
        self.accepting.abort();
        // Waits until the listening socket is closed: who connects from here on is refused by the system.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.accepting.abort();
        for connection in self.shared.connections.all() {
            connection.cut();
        }
    }
}
