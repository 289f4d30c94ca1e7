//! What the generator writes, compiled: the golden output as it stands in `svrkit-gen/tests/golden`, and in
//! [`schemas`] every valid schema and the one-sided forms, made by `build.rs`.
//!
//! A bad output is a difference in a golden file *and* an error here; `tests/` calls a client through a server of it.
//! The lints are the strictest an owner might set who cannot edit what was generated; CI denies the warnings too.

#![deny(missing_docs, unsafe_code)]
#![deny(clippy::all, clippy::pedantic)]

pub mod point;

pub use point::Point;

include!("../../tests/golden/everything.rs");
include!("../../tests/golden/externs/stock.rs");
include!("../../tests/golden/externs/shop.rs");

/// One module a schema.
pub mod schemas {
    include!(concat!(env!("OUT_DIR"), "/schemas.rs"));
}
