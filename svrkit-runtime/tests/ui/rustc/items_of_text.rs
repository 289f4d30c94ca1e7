use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, max_items = 3)]
    note: String,
}

fn main() {
    let _ = Order::default().encode();
}
