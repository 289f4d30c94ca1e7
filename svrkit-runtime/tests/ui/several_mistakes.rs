use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
#[tlv(nam = "shop.Order")]
struct Order {
    #[tlv(0)]
    id: u64,
    note: String,
    #[tlv(2, fixd)]
    total: u64,
    #[tlv(2)]
    coupon: String,
}

fn main() {
    let _ = Order::default().encode();
}
