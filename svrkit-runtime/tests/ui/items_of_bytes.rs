use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, max_items = 3)]
    blob: Vec<u8>,
    #[tlv(2, required)]
    other: Vec<u8>,
}

fn main() {
    let _ = Order::default().encode();
}
