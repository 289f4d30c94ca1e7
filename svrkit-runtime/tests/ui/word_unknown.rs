use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, zigzg)]
    id: i64,
    #[tlv(2, default)]
    total: u64,
    #[tlv(3, nam = "note")]
    note: String,
}

fn main() {
    let _ = Order::default().encode();
}
