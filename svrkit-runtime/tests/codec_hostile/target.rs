//! A message that has whatever takes heap, small enough that its own size is not what is measured.

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{Bytes, Tlv, TlvOneof, UnknownFields};

#[derive(Debug, Default, Tlv)]
#[tlv(name = "test.Target")]
pub(crate) struct Target {
    #[tlv(1)]
    next: Option<Box<Target>>,
    #[tlv(2)]
    items: Vec<Target>,
    #[tlv(3)]
    u64s: Vec<u64>,
    #[tlv(4)]
    text: String,
    #[tlv(5)]
    blob: Bytes,
    #[tlv(6)]
    texts: Vec<String>,
    #[tlv(7)]
    blobs: Vec<Bytes>,
    #[tlv(8)]
    bools: Vec<bool>,
    #[tlv(9, fixed)]
    fixed: Vec<u64>,
    #[tlv(10)]
    tree: BTreeMap<u64, u64>,
    #[tlv(11)]
    table: HashMap<u64, u64>,
    #[tlv(12)]
    tree_of_messages: BTreeMap<u32, Target>,
    #[tlv(13)]
    table_of_messages: HashMap<u32, Box<Target>>,
    #[tlv(14)]
    tree_of_texts: BTreeMap<String, String>,
    #[tlv(15)]
    table_of_texts: HashMap<String, String>,
    #[tlv(oneof(16, 17))]
    choice: Option<Choice>,
    #[tlv(18)]
    tree_of_flags: BTreeMap<bool, bool>,
    #[tlv(19)]
    table_of_flags: HashMap<bool, bool>,
    #[tlv(20)]
    owned: Vec<u8>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Debug, TlvOneof)]
enum Choice {
    #[tlv(16)]
    Number(u64),
    #[tlv(17)]
    Target(Box<Target>),
}

/// The tag of nothing in [`Target`].
pub(crate) const UNKNOWN: u32 = 30;
