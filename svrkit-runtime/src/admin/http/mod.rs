//! As much of HTTP/1.1 (RFC 9112) as pages need: one request a connection, GET, HEAD and POST, answers whose length is known.
//!
//! `httparse` reads heads, [`request`] what of them is looked at, [`exchange`] has one connection, [`form`] what was filled in. *Absent:* pages, who may see them.

mod exchange;
pub(super) mod form;
mod judged;
mod request;
mod response;

pub(super) use exchange::{Bounds, Exchange};
pub use judged::admin_request;
pub(super) use request::{Headers, Method, Refusal, Request};
pub(super) use response::{HttpStatus, Response};
