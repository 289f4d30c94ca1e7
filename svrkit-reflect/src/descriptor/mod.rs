//! What schemas say, as messages: the types of `schemas/descriptor.xml`, generated.
//!
//! They are as their maker sent them; a [`Pool`](crate::Pool) checks and links them.

// What `cargo svrkit gen schemas/descriptor.xml -o svrkit-reflect/src/descriptor/messages.rs` writes.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

pub use generated::svrkit::descriptor::*;
