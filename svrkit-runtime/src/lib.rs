//! The runtime of svrkit: what generated code calls.
//!
//! - [`wire`]: TLV records and frames, pure functions of bytes;
//! - [`Service`], [`Call`], [`Router`]: the dispatcher, which knows no transport;
//! - [`Server`] and [`Client`]: TCP and in-process ends of it;
//! - [`Status`]: how a call ends when it doesn't end well.

// The derives write `::svrkit_runtime::…`; the kit's own messages use them too.
extern crate self as svrkit_runtime;

pub mod wire;
