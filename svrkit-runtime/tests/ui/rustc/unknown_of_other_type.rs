use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    id: u64,
    #[tlv(unknown)]
    unknown: Vec<u8>,
}

fn main() {
    let _ = Order::default().encode();
}
