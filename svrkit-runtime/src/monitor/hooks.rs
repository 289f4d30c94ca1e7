//! The monitors of one server or client.

use std::fmt;
use std::sync::Arc;

use super::Monitor;

/// Monitors, in the order they were added. A clone has the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hooks(Option<Arc<Installed>>);

/// At least one monitor.
#[derive(Clone, Default)]
pub(crate) struct Installed {
    monitors: Vec<Arc<dyn Monitor>>,
    pub(crate) wants_stages: bool,
}

impl Hooks {
    /// Adds one behind those that are there.
    pub(crate) fn push(&mut self, monitor: Arc<dyn Monitor>) {
        let installed = Arc::make_mut(self.0.get_or_insert_default());
        installed.wants_stages |= monitor.wants_stages();
        installed.monitors.push(monitor);
    }

    /// The one branch that a call pays where nobody listens.
    pub(crate) fn installed(&self) -> Option<&Arc<Installed>> {
        self.0.as_ref()
    }

    /// Tells all of them, if there are any.
    pub(crate) fn tell(&self, what: impl Fn(&dyn Monitor)) {
        if let Some(installed) = &self.0 {
            installed.tell(what);
        }
    }
}

impl Installed {
    pub(crate) fn tell(&self, what: impl Fn(&dyn Monitor)) {
        self.monitors.iter().for_each(|monitor| what(&**monitor));
    }
}

impl fmt::Debug for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} monitors", self.monitors.len())
    }
}
