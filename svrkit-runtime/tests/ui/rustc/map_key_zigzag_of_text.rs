use std::collections::BTreeMap;
use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, key = zigzag)]
    labels: BTreeMap<String, u32>,
}

fn main() {
    let _ = Order::default().encode();
}
