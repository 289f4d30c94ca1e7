//! What is safe from what.

/// What is safe from what, once it was acknowledged. Each has what the ones before it have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Guarantee {
    /// Nothing: it is gone with the process.
    Memory,
    /// The end of the process and of the machine, as long as its disk keeps what it has said was written.
    Local,
    /// The loss of one machine, unless another one takes over before it has everything: then what was last acknowledged may be gone.
    Replicated,
    /// The loss of fewer than half of the machines.
    Quorum,
}
