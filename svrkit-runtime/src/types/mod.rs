//! Types that many protocols need: points in time, spans of it, decimal numbers, any message at all.
//!
//! Schemas import them by `<import path="svrkit/types.xml"/>`. Their bytes are those of protobuf's well-known types. Each has
//! its conversions in a file of its own; none of them panics, whatever a peer has put into the fields.
//!
//! ```
//! use svrkit_runtime::types::{Duration, Timestamp};
//!
//! let opened: Timestamp = "2026-01-31T23:59:59.500Z".parse()?;
//! assert_eq!((opened.seconds, opened.nanos), (1_769_903_999, 500_000_000));
//! assert_eq!(opened.to_string(), "2026-01-31T23:59:59.500Z");
//! assert_eq!(Timestamp::try_from(std::time::SystemTime::try_from(&opened)?)?, opened);
//!
//! let patience = Duration::try_from(std::time::Duration::from_millis(1500))?;
//! assert_eq!(patience.to_string(), "1.500s");
//! // What a peer sends may be no span of time: whoever reads it is told.
//! let broken = Duration { seconds: 1, nanos: -1, ..Duration::default() };
//! assert!(std::time::Duration::try_from(&broken).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod any;
mod decimal;
mod duration;
mod field_mask;
mod fraction;
mod json;
mod timestamp;

mod wrappers;
// What the generator writes for schemas/svrkit/types.xml.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

pub use any::AnyError;
pub use decimal::{DECIMAL_LEN_MAX, DecimalError, DecimalParts};
pub use duration::{DURATION_SECONDS_MAX, DurationError};
pub use field_mask::FieldMaskError;
pub use generated::svrkit::types::*;
pub use timestamp::{TIMESTAMP_SECONDS_MAX, TIMESTAMP_SECONDS_MIN, TimestampError};
