use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
#[tlv(nmae = "shop.Order")]
struct Order {
    #[tlv(1)]
    id: i64,
}

fn main() {
    let _ = Order::default().encode();
}
