//! A handler's place among those under way.

use std::fmt;
use std::sync::Arc;

use super::gate::Gate;

/// A place among the handlers under way. Given back on drop, and the next call that waits is let go then.
pub(crate) struct Slot(Arc<Gate>);

impl Slot {
    pub(crate) fn take(gate: &Arc<Gate>) -> Self {
        gate.began();
        Self(Arc::clone(gate))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.ended();
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}
