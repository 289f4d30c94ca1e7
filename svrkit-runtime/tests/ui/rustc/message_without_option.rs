use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Item {
    #[tlv(1)]
    id: u64,
}

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    item: Item,
}

fn main() {
    let _ = Order::default().encode();
}
