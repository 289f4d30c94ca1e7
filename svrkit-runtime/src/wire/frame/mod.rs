//! Frames: the 32-byte header, and what stands behind it.
//!
//! A connection carries frames one after another, each a [`Header`], metadata and a body. The header alone decides
//! on admission; the body is not looked at here. `transport`, `server` and `client` feed this module.

mod checksum;
mod compression;
mod decoder;
mod error;
mod header;
mod hello;
mod metadata;
mod pack;
mod parts;
// What `cargo svrkit gen schemas/frames.xml -o svrkit-runtime/src/wire/frame/messages.rs` writes.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

use generated::svrkit::frames as messages;

pub(crate) use checksum::{CHECKSUM_LEN, checksum};
pub(crate) use compression::{compress, inflate};
pub use decoder::{Frame, FrameDecoder};
pub use error::FrameError;
pub use header::{
    FLAG_CHECKED, FLAG_COMPRESSED, FLAG_IN_PARTS, FLAG_ONEWAY, FLAG_PACKED, FLAG_SKIPPABLE, FLAG_STREAM,
    Facts, GoawayReason, HEADER_LEN, Header, MAGIC, RequestFacts, ResponseFacts, VERSION,
};
pub use hello::{
    FEATURE_CHECKSUMS, FEATURE_COMPRESSION, FEATURE_PACKS, FEATURE_PARTS, HELLO_LEN_MAX, HELLO_NAME_LEN_MAX,
    common_version, hello_header,
};
pub use messages::{Failure, Hello, Metadata, MetadataEntry, ServedService};
pub use pack::{PACK_LEN_MAX, PACKED_LEN_LEN, Pack};
pub use parts::{PART_LEN_MAX, Parts, WHOLE_LEN_MAX};
