//! A handler's place among those under way.

use std::fmt;
use std::sync::Arc;

use super::gate::Gate;
use super::rules::Method;

/// A place among the handlers under way. Given back on drop, and the next call that waits is let go then.
pub(crate) struct Slot {
    gate: Arc<Gate>,
    /// Where that has places of its own.
    method: Option<Arc<Method>>,
    end: End,
}

/// How a handler has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself.
    Done,
    /// Its time was over: it has taken a place for nothing.
    TooLate,
    /// Nobody wanted it any more.
    GivenUp,
}

impl Slot {
    pub(crate) fn take(gate: &Arc<Gate>, method: Option<&Arc<Method>>) -> Self {
        gate.began();
        if let Some(method) = method {
            method.bulkhead().began();
        }
        Self { gate: Arc::clone(gate), method: method.cloned(), end: End::GivenUp }
    }

    /// Its handler has ended so.
    pub(crate) fn ended(&mut self, end: End) {
        self.end = end;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(method) = &self.method {
            method.bulkhead().ended();
        }
        self.gate.ended(self.end);
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}
