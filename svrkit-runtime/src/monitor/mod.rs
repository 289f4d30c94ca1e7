//! Hooks: what the runtime tells of what it does.
//!
//! Every attempt of a call is told of twice, at either side: when it begins and when it has ended, however that was. Who
//! listens implements [`Monitor`]; with nobody listening a call pays one branch.

mod blocked;
mod call;
mod connection;
mod decision;
mod hooks;
mod load;
mod recorder;
mod watch;
mod written;

pub use self::blocked::CallerBlocked;
pub use self::call::{CallEnd, CallFacts, HandlerPanic, Stages, StreamTotals};
pub(crate) use self::connection::ConnectionWatch;
pub use self::connection::{ConnectionEnd, ConnectionFacts, Ending};
pub use self::decision::{ClientDecision, Decision};
pub(crate) use self::hooks::Hooks;
pub use self::load::{LevelChange, TierChange};
pub use self::recorder::{Event, Recorder};
pub(crate) use self::watch::Watch;
pub(crate) use self::written::WhenWritten;

use crate::server::Drained;

/// Is told what happens in a server or client, while it happens.
///
/// All methods do nothing unless they are written. They run where calls run: what takes long there, or blocks, makes every
/// call take long. Several monitors are told one after the other, in the order they were added.
///
/// For each attempt of a call [`Self::call_began`] is told exactly once, and after it [`Self::call_ended`] exactly once: by an
/// answer, a refusal (of calls for methods that nobody knows, too), a request that cannot be decoded, a panic, a cancel, a
/// deadline, a lost connection. No attempts are a client's request that is dropped before it was first polled, and one that an
/// interceptor of its own client refuses or answers. A stream is one attempt at either side, from its beginning to its end.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use svrkit_runtime::{CallEnd, Monitor};
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Monitor for Failures {
///     fn call_ended(&self, call: &CallEnd<'_>) {
///         if call.status.is_some() {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Monitor: Send + Sync + 'static {
    /// Whether the clock is to be read at each stage of a call ([`Stages::queued`], [`Stages::decoded`] and [`Stages::handled`]), and not only where
    /// it is read in any case. Asked once, when the monitor is added.
    fn wants_stages(&self) -> bool {
        false
    }

    /// An attempt begins: at a server when its method has been found or cannot be, at a client when its request is first polled.
    fn call_began(&self, call: &CallFacts<'_>) {
        let _ = call;
    }

    /// An attempt has ended.
    fn call_ended(&self, call: &CallEnd<'_>) {
        let _ = call;
    }

    /// A handler has panicked. The end of its call is told as well, after this.
    fn handler_panicked(&self, panic: &HandlerPanic<'_>) {
        let _ = panic;
    }

    /// Both sides have said hello.
    fn connection_opened(&self, connection: &ConnectionFacts<'_>) {
        let _ = connection;
    }

    /// A connection has ended, or did not get as far as to be opened.
    fn connection_ended(&self, connection: &ConnectionEnd<'_>) {
        let _ = connection;
    }

    /// A client has decided something for protection: to repeat an attempt, to leave an endpoint alone, or not to.
    fn client_decided(&self, decision: &ClientDecision<'_>) {
        let _ = decision;
    }

    /// A server has blocked a caller that runs wild.
    fn caller_blocked(&self, blocked: &CallerBlocked<'_>) {
        let _ = blocked;
    }

    /// A server's load has another tier, learned or held by hand.
    fn tier_changed(&self, change: &TierChange) {
        let _ = change;
    }

    /// A server's level has changed: under overload, as often as fifty times a second.
    fn level_changed(&self, change: &LevelChange) {
        let _ = change;
    }

    /// The server has stopped, after it gave its calls time to end.
    fn server_drained(&self, drained: &Drained) {
        let _ = drained;
    }
}
