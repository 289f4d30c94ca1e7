//! What travels beside a request: the caller's own entries, and what its context has.

use bytes::Bytes;

use crate::context::Context;
use crate::limits::Limits;
use crate::status::{Cause, Layer, Party, Retry, Status};
use crate::wire::frame::Metadata;
use crate::wire::tlv::Tlv;

/// The bytes of `own` and of what `context` adds, within this side's limits and that of the server.
pub(super) fn encode(
    own: &Metadata,
    context: &Context,
    limits: &Limits,
    server_max: Option<u32>,
) -> Result<Bytes, Status> {
    if own.is_empty() && !context.has_baggage() {
        return Ok(Bytes::new());
    }
    let mut metadata = own.clone();
    context.add_to(&mut metadata);
    let (entries, max) = (metadata.entries.len(), limits.metadata_entries);
    if entries > max {
        return Err(too_large(format!(
            "{entries} metadata entries are over the limit of {max} (metadata.entries)"
        )));
    }
    let bytes = metadata.encode().map_err(|error| too_large(error.to_string()))?;
    let (len, max) = (bytes.len(), limits.metadata_bytes);
    if len > usize::from(max) {
        return Err(too_large(format!(
            "metadata of {len} bytes is over the limit of {max} (metadata.bytes)"
        )));
    }
    match server_max {
        Some(max) if len > max as usize => Err(too_large(format!(
            "metadata of {len} bytes is over the server's limit of {max} (its metadata.bytes)"
        ))),
        _ => Ok(bytes.into()),
    }
}

pub(super) fn too_large(message: String) -> Status {
    Status::resource_exhausted(message)
        .layer(Layer::Codec)
        .party(Party::Caller)
        .cause(Cause::Size)
        .retry(Retry::Never)
}
