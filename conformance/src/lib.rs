//! Judges of our bytes that nobody here wrote: Google's protobuf in Python, and prost.
//!
//! The schemas are `schemas/tour.xml` and one made for this; the judges know them by their export to `.proto`. A message
//! of random values is made by our types, encoded, and read and written by everybody. What differs, and why, is in
//! `README.md`. Only the tests of this crate call it.

#![forbid(unsafe_code)]

#[cfg(protoc)]
pub mod google;
#[cfg(protoc)]
mod kit_types;
#[cfg(protoc)]
mod pair;
#[cfg(protoc)]
mod random;
#[cfg(protoc)]
mod same;

#[cfg(protoc)]
pub use crate::pair::{CASES, Case};
#[cfg(protoc)]
pub use crate::random::{Random, Source};
#[cfg(protoc)]
pub use crate::same::SameAs;

/// Our types.
pub mod ours {
    include!(concat!(env!("OUT_DIR"), "/svrkit.rs"));
}

/// prost's types for the same schemas.
#[cfg(protoc)]
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "made by prost-build"
)]
pub mod theirs {
    include!(concat!(env!("OUT_DIR"), "/prost.rs"));
}

/// The schemas as they describe themselves: a `svrkit.descriptor.DescriptorSet`.
pub const SCHEMAS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schemas.tlv"));

/// The folder with the export.
#[cfg(protoc)]
pub const PROTOS: &str = concat!(env!("OUT_DIR"), "/proto");

/// What protoc made of the export: a `google.protobuf.FileDescriptorSet`.
#[cfg(protoc)]
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.binpb"));
