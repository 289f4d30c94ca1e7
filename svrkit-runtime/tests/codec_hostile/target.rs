//! A message that has whatever takes heap, small enough that its own size is not what is measured.

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{Bytes, Tlv, TlvOneof, UnknownFields};

#[derive(Debug, Default, Tlv)]
#[tlv(name = "test.Target", view)]
pub(crate) struct Target {
    #[tlv(1)]
    pub(crate) next: Option<Box<Target>>,
    #[tlv(2)]
    pub(crate) items: Vec<Target>,
    #[tlv(3)]
    pub(crate) u64s: Vec<u64>,
    #[tlv(4)]
    pub(crate) text: String,
    #[tlv(5)]
    pub(crate) blob: Bytes,
    #[tlv(6)]
    pub(crate) texts: Vec<String>,
    #[tlv(7)]
    pub(crate) blobs: Vec<Bytes>,
    #[tlv(8)]
    pub(crate) bools: Vec<bool>,
    #[tlv(9, fixed)]
    pub(crate) fixed: Vec<u64>,
    #[tlv(10)]
    pub(crate) tree: BTreeMap<u64, u64>,
    #[tlv(11)]
    pub(crate) table: HashMap<u64, u64>,
    #[tlv(12)]
    pub(crate) tree_of_messages: BTreeMap<u32, Target>,
    #[tlv(13)]
    pub(crate) table_of_messages: HashMap<u32, Box<Target>>,
    #[tlv(14)]
    pub(crate) tree_of_texts: BTreeMap<String, String>,
    #[tlv(15)]
    pub(crate) table_of_texts: HashMap<String, String>,
    #[tlv(oneof(16, 17))]
    pub(crate) choice: Option<Choice>,
    #[tlv(18)]
    pub(crate) tree_of_flags: BTreeMap<bool, bool>,
    #[tlv(19)]
    pub(crate) table_of_flags: HashMap<bool, bool>,
    #[tlv(20)]
    pub(crate) owned: Vec<u8>,
    #[tlv(unknown)]
    pub(crate) unknown: UnknownFields,
}

#[derive(Debug, TlvOneof)]
#[tlv(view)]
pub(crate) enum Choice {
    #[tlv(16)]
    Number(u64),
    #[tlv(17)]
    Target(Box<Target>),
}

/// The tag of nothing in [`Target`].
pub(crate) const UNKNOWN: u32 = 30;
