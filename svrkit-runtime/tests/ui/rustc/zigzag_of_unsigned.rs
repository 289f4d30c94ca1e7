use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, zigzag)]
    id: u64,
}

fn main() {
    let _ = Order::default().encode();
}
