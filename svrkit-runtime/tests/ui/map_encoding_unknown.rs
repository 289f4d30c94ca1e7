use std::collections::BTreeMap;
use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, key = zigzga)]
    deltas: BTreeMap<i32, u32>,
    #[tlv(2, value = packed)]
    totals: BTreeMap<i32, u32>,
    #[tlv(3, zigzag, key = fixed)]
    others: BTreeMap<i32, i32>,
    #[tlv(4, key = "fixed")]
    more: BTreeMap<i32, i32>,
}

fn main() {
    let _ = Order::default().encode();
}
