//! Any bytes in hex, each with what it is: a line for a key, a length and a value, in the order of the bytes.
//!
//! A line is an offset, up to ten bytes and what they mean, indented by nesting. Each byte stands in one line. Where bytes
//! make no sense, a line with `!!` says why, the rest of what holds them follows in hex, and the walk goes on behind it.
//! Nothing is judged that the codec does not judge: constraints are not looked at.
//!
//! ```
//! use svrkit_reflect::annotate::{self, Options};
//!
//! let shown = annotate::annotate(None, b"\x08\x96\x01\x12\x05hi", &Options::default());
//! let lines: Vec<_> = shown.text().lines().collect();
//! assert_eq!(
//!     lines,
//!     [
//!         "0  08                              tag 1, varint",
//!         "1  96 01                             150",
//!         "3  12                              tag 2, length-prefixed",
//!         "4  05                                length 5",
//!         "                                   !! at byte 5: a length of 5 bytes where 2 are left, somebody cut the message",
//!         "5  68 69                           |hi|",
//!     ]
//! );
//! assert_eq!(shown.first_fault().unwrap().offset(), 5);
//! ```

mod lines;
mod options;

use self::lines::Lines;
pub use self::options::{ANNOTATE_OUT_DEFAULT, Options};
use crate::pool::MessageDescriptor;
use crate::walk::{self, Scope, Shown};

/// The bytes as lines of hex, by the descriptor of the message they should be, or by guesses without one.
///
/// It knows no failure: what is wrong with the bytes is shown.
pub fn annotate(message: Option<MessageDescriptor<'_>>, bytes: &[u8], options: &Options) -> Shown {
    let mut lines = Lines::new(bytes.len(), options.out);
    let scope = message.map_or(Scope::Unknown, Scope::Message);
    walk::walk(bytes, scope, options.redact_sensitive, &options.limits, &mut lines);
    lines.finish()
}
