//! Bytes into records and frames, and back.
//!
//! Nothing here owns a socket, awaits, locks or asks the time: it is handed bytes and answers with values.
//! [`tlv`] is the message codec, [`frame`] the 32-byte header and what stands behind it.

pub mod frame;
mod prefix;
pub mod tlv;

pub(crate) use prefix::prefix;
