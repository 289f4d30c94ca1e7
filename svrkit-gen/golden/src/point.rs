//! A message written by hand, which stands for the one of `externs/shop.xml`.
//!
//! The same file does not compile with a type that is not what the schema says; this one has plain numbers for `s32`.
//! What the compiler says to it stands in `svrkit-runtime/tests/ui/rustc/fingerprint_of_another_message.stderr`.
//!
//! ```compile_fail,E0080
//! include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/externs/stock.rs"));
//! include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/externs/shop.rs"));
//!
//! #[derive(Clone, Debug, Default, PartialEq, svrkit_runtime::Tlv)]
//! #[tlv(name = "shop.Point")]
//! pub struct Point {
//!     #[tlv(1)]
//!     x: i32,
//!     #[tlv(2)]
//!     y: i32,
//! }
//!
//! fn main() {}
//! ```
//!
//! Nothing else is wrong with it:
//!
//! ```
//! include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/externs/stock.rs"));
//! include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/externs/shop.rs"));
//!
//! use svrkit_golden::Point;
//!
//! fn main() {}
//! ```

use std::collections::BTreeMap;

use svrkit_runtime::{Tlv, TlvOneof};

use crate::common::Money;
use crate::shop::point::Kind;

/// A point of a way.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "shop.Point")]
pub struct Point {
    /// To the east.
    #[tlv(1, zigzag)]
    pub x: i32,
    /// To the north.
    #[tlv(2, zigzag)]
    pub y: i32,
    /// The one before it.
    #[tlv(3)]
    pub before: Option<Box<Point>>,
    /// What is there.
    #[tlv(4)]
    pub kind: Option<Kind>,
    /// What it is called.
    #[tlv(oneof(5, 6))]
    pub label: Option<Label>,
    /// Those near it.
    #[tlv(7)]
    pub around: BTreeMap<u64, Point>,
}

/// What a point is called.
#[derive(Clone, Debug, PartialEq, TlvOneof)]
pub enum Label {
    /// By a word.
    #[tlv(5)]
    Text(String),
    /// By what it costs.
    #[tlv(6)]
    Price(Money),
}
