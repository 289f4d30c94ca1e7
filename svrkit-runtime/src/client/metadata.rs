//! What travels beside a request: the caller's own entries, and what its context has.

use bytes::Bytes;

use crate::context::Context;
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::wire::frame::Metadata;
use crate::wire::tlv::Tlv;

/// What stands beside a request that its server could answer it by: all but the trace. Encoded; of what could not be sent, what comes of it does not matter.
pub(super) fn identifying(own: &Metadata, context: &Context) -> Bytes {
    let mut metadata = own.clone();
    context.add_labels_to(&mut metadata);
    if metadata.is_empty() {
        return Bytes::new();
    }
    metadata.encode().map(Bytes::from).unwrap_or_default()
}

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
        return Err(calling::metadata_entries_over_limit(entries, max));
    }
    let bytes = metadata.encode().map_err(calling::metadata_unencodable)?;
    let (len, max) = (bytes.len(), limits.metadata_bytes);
    if len > usize::from(max) {
        return Err(calling::metadata_over_limit(len, max));
    }
    match server_max {
        Some(max) if len > max as usize => Err(calling::metadata_over_peers_limit(len, max)),
        _ => Ok(bytes.into()),
    }
}
