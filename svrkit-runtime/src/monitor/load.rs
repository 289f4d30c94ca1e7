//! What is told of a server's load.

use crate::admission::Tier;
use crate::priority::Priority;

/// A server's load has another tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TierChange {
    /// From now on.
    pub tier: Tier,
    /// Until now.
    pub before: Tier,
    /// Whether it is held by hand, and not what the server has learned.
    pub is_held: bool,
}

/// A server's level has changed: it admits other calls than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelChange {
    /// The least important that is admitted from now on; class 255 with rank 255: all are.
    pub admitted: Priority,
    /// That of before.
    pub before: Priority,
}
