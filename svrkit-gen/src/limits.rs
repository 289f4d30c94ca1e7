//! The bounds on what the compiler reads and reports.
//!
//! A schema may come from a stranger: every bound has a name here, and the finding that reports it
//! (`SVK0006`) names it. Nothing here is enforced; `load`, `parse` and `diagnostic` do that.

/// Most bytes one schema file may hold: 8 MiB.
pub const FILE_LEN_MAX: u64 = 8 * 1024 * 1024;

/// Most files one run may read, imports included.
pub const FILES_MAX: usize = 1_000;

/// Most elements one file may hold.
pub const ELEMENTS_MAX: usize = 100_000;

/// How deep elements may stand in one another; `<protocol>` is at depth 1.
pub const ELEMENT_DEPTH_MAX: usize = 16;

/// Most attributes one element may carry.
pub const ATTRIBUTES_MAX: usize = 64;

/// Most characters a package, a type, a field or any other name may have.
pub const NAME_LEN_MAX: usize = 128;

/// The largest tag the wire can carry.
pub const TAG_MAX: u32 = (1 << 29) - 1;

/// The longest `timeout` of a method: one day, in milliseconds.
pub const TIMEOUT_MS_MAX: u64 = 24 * 60 * 60 * 1000;

/// Most numbers and ranges, or names, one `<reserved>` may list.
pub const RESERVED_MAX: usize = 10_000;

/// Most findings that are kept and shown; when there are more, the run ends early and says so.
pub const FINDINGS_MAX: usize = 100;
