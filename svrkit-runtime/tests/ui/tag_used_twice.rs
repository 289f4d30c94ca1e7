use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    id: u64,
    #[tlv(3)]
    total: u64,
    #[tlv(3)]
    coupon: String,
}

fn main() {
    let _ = Order::default().encode();
}
