use std::collections::BTreeMap;
use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    rates: BTreeMap<f64, u32>,
}

fn main() {
    let _ = Order::default().encode();
}
