use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(18_999)]
    id: u64,
    #[tlv(19_000)]
    first: u64,
    #[tlv(19_999)]
    last: u64,
    note: String,
}

fn main() {
    let _ = Order::default().encode();
}
