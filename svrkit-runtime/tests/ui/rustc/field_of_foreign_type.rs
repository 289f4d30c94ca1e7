use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default)]
struct Item;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    item: Option<Item>,
}

fn main() {
    let _ = Order::default().encode();
}
