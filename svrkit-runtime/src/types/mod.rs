//! Types that many protocols need: points in time, spans of it, decimal numbers, any message at all.
//!
//! Schemas import them by `<import path="svrkit/types.xml"/>`. Their bytes are those of protobuf's well-known types. Each has
//! its conversions in a file of its own; none of them panics, whatever a peer has put into the fields.

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
