use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, max_len = 3)]
    id: u32,
}

fn main() {
    let _ = Order::default().encode();
}
