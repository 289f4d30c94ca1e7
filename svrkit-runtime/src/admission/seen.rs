//! A gate as people see it.

use crate::mode::Mode;
use crate::priority::Priority;

/// How a gate is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) mode: Mode,
    /// The least important that is admitted.
    pub(crate) admitted: Priority,
    /// Calls that wait, and how many may.
    pub(crate) queued: usize,
    pub(crate) queue_bound: usize,
    /// Handlers under way that have a task, and how many may be.
    pub(crate) running: u32,
    pub(crate) limit: u32,
    /// Calls in a second that it can do, as far as that is known.
    pub(crate) capacity: Option<f64>,
    pub(crate) refused_by_level: u64,
    pub(crate) refused_by_queue: u64,
}
