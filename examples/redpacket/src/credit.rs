//! What tells a credit from all others.

use svrkit_runtime::queue::JobId;

use crate::protocol::CreditRequest;

/// The id of a credit, which follows from packet and user: whoever asks for it again asks for the same.
pub(crate) fn id_of(credit: &CreditRequest) -> JobId {
    JobId::from_bytes((u128::from(credit.packet) << 64 | u128::from(credit.user)).to_be_bytes())
}
