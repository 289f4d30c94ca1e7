//! The file that numbers are kept in, so that others can read them, also when their process has died.
//!
//! [`layout`] is its bytes, [`reader`] reads them, [`file`] makes it and lets it grow, [`mapping`] has it as memory, [`stale`] removes those of
//! processes that are gone. `docs/segment.md` describes it for those who read it with other programs.

mod error;
mod file;
pub(crate) mod layout;
mod mapping;
mod reader;
mod stale;

pub use error::SegmentError;
pub(super) use file::SegmentFile;
pub use file::default_dir;
pub(super) use mapping::Mapping;
pub use reader::Malformed;
pub(super) use reader::{Parsed, ParsedMetric, parse, read};
