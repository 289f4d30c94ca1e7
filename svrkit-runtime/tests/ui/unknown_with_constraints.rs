use svrkit_runtime::wire::tlv::Tlv;
use svrkit_runtime::wire::tlv::UnknownFields;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(unknown, max_items = 3, required)]
    unknown: UnknownFields,
}

fn main() {
    let _ = Order::default().encode();
}
