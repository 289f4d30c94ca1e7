//! What is made of the bytes of a stranger, without a socket: for those who try all kinds of them.

use super::Response;
use super::request::Head;

/// How long the request is that `bytes` begin with; `Ok(None)`: its head is not whole. Else the whole answer that its sender gets.
///
/// Not a part of the interface of this crate: the fuzzer's.
///
/// # Errors
/// The answer, where it is no request, or one of which a part has more than `len_max` bytes.
#[doc(hidden)]
pub fn admin_request(bytes: &[u8], len_max: usize) -> Result<Option<usize>, Vec<u8>> {
    match Head::parse(bytes, len_max) {
        Ok(head) => Ok(head.map(|head| head.request_len())),
        Err(refusal) => Err(Response::from(refusal).to_bytes(true)),
    }
}
