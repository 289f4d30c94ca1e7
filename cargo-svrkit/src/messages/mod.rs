//! Encoded messages from the command line, and the schemas that say what they are.
//!
//! - `input`: bytes and texts: an argument, a file or standard input;
//! - `hex`: bytes as people paste them;
//! - `look`: what is wrong with bytes, and what is not known of them;
//! - `typed`: the message that a schema and a name mean.
//!
//! `inspect` and `convert` call this.

mod hex;
mod input;
mod look;
mod typed;

pub(crate) use self::hex::{from_hex, to_hex};
pub(crate) use self::input::Input;
pub(crate) use self::look::{left_out_of_json, looked_at};
pub(crate) use self::typed::{Typed, TypedError};
