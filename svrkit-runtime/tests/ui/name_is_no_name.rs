use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
#[tlv(name = "shop..Order")]
struct Order {
    #[tlv(1)]
    id: i64,
}

fn main() {
    let _ = Order::default().encode();
}
