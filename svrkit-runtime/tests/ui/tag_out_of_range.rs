use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(536_870_911)]
    id: u64,
    #[tlv(536_870_912)]
    note: String,
}

fn main() {
    let _ = Order::default().encode();
}
