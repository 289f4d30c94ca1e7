use std::collections::BTreeMap;
use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    labels: BTreeMap<u32, BTreeMap<u32, u32>>,
}

fn main() {
    let _ = Order::default().encode();
}
