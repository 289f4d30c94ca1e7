//! The bounds on what the compiler reads and reports.
//!
//! A schema may come from a stranger: every bound has a name here, and the finding that reports it names it. What one file may
//! hold bounds what a stranger's file costs, also one that is sound but for its last element. What a run may hold is several
//! times the largest trees of schemas we know of. `docs/performance.md` has the figures. Nothing here is enforced; `load`,
//! `parse` and `diagnostic` do that.

/// Most bytes one schema file may hold: 8 MiB.
pub const FILE_LEN_MAX: u64 = 8 * 1024 * 1024;

/// Most bytes all schema files of one run may hold together: 64 MiB.
pub const RUN_LEN_MAX: u64 = 64 * 1024 * 1024;

/// Most files one run may read, imports included.
pub const FILES_MAX: usize = 10_000;

/// Most entries of a folder of schemas, and of those below it, that are looked at, whatever they are.
pub const FOLDER_ENTRIES_MAX: usize = 100_000;

/// Most elements one schema file may hold. What a `<reserved>` lists counts as well, a word as an element.
pub const ELEMENTS_MAX: usize = 100_000;

/// Most elements all files of one run may hold together.
pub const RUN_ELEMENTS_MAX: usize = 1_000_000;

/// How deep elements may stand in one another; `<protocol>` is at depth 1.
pub const ELEMENT_DEPTH_MAX: usize = 16;

/// Most attributes one element may carry.
pub const ATTRIBUTES_MAX: usize = 64;

/// Most characters a whole package, or the name of a message, a field or anything else, may have.
pub const NAME_LEN_MAX: usize = 128;

/// Most segments a package may have: `shop.orders` has two.
pub const PACKAGE_DEPTH_MAX: usize = 16;

/// Most bytes the path of an import may have.
pub const PATH_LEN_MAX: usize = 1_024;

/// The largest tag the wire can carry.
pub const TAG_MAX: u32 = (1 << 29) - 1;

/// The longest `timeout` of a method: one day, in milliseconds.
pub const TIMEOUT_MS_MAX: u64 = 24 * 60 * 60 * 1000;

/// The highest rate of a method, and its largest burst: calls in a second or a minute.
pub const RATE_MAX: u32 = 1_000_000_000;

/// Most handlers of a server that one method may have or keep for itself.
pub const HANDLERS_MAX: u32 = 1_000_000;

/// Most numbers and ranges, or names, one `<reserved>` may list.
pub const RESERVED_MAX: usize = 10_000;

/// Most errors that are kept and shown, and most warnings beside them. More errors than this end the run early.
pub const FINDINGS_MAX: usize = 100;

/// Most lints the comments of one run may allow.
pub const ALLOWANCES_MAX: usize = 10_000;
