use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, min = 3)]
    note: Option<String>,
}

fn main() {
    let _ = Order::default().encode();
}
