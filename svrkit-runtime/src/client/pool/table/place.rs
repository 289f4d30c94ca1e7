//! Where an endpoint stands in the table.

use tokio::time::Instant;

use crate::random;

/// Where an endpoint stands in the table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// At this index of `open`.
    Open(usize),
    /// At these keys in `line`. The second one is random: clients of one list connect in different orders.
    InLine(Instant, u64),
    Opening,
}

impl Place {
    pub(super) fn in_line(from: Instant) -> Self {
        Self::InLine(from, random::next())
    }
}
