use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv("1")]
    id: i64,
    #[tlv = 2]
    note: String,
}

fn main() {
    let _ = Order::default().encode();
}
