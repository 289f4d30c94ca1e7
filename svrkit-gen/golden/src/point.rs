//! A message written by hand, which stands for the one of `externs/shop.xml`.

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
