//! A connection as admin pages see it.

use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::{Connection, GREETED, LEAVING};
use crate::admin::ConnectionSeen;

impl Connection {
    pub(in crate::server) fn seen(&self, now: Instant) -> ConnectionSeen {
        ConnectionSeen {
            peer: self.peer,
            name: self.peer_name.get().map(|name| name.to_string()).unwrap_or_default(),
            identity: self.identity(),
            state: self.state(),
            age: now.saturating_duration_since(self.activity.born()),
            silence: now.saturating_duration_since(self.activity.last()),
            calls_in_flight: self.in_flight.len(),
            bytes_in: self.bytes_in.load(Ordering::Relaxed),
            bytes_out: self.outbox.bytes_written(),
        }
    }

    fn state(&self) -> &'static str {
        let progress = self.progress.load(Ordering::Relaxed);
        match () {
            () if progress & GREETED == 0 => "no hello yet",
            () if progress & LEAVING != 0 => "told to leave",
            () if self.in_flight.len() > 0 => "busy",
            () => "idle",
        }
    }

    #[cfg(feature = "tls")]
    fn identity(&self) -> String {
        let certificate = self.certificate.get();
        certificate.and_then(|certificate| certificate.identities().next()).unwrap_or_default().into()
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "over TLS it is in the certificate")]
    fn identity(&self) -> String {
        String::new()
    }
}
