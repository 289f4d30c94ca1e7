use svrkit_runtime::wire::tlv::Tlv;

use svrkit_runtime::wire::tlv::UnknownFields;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(unknown)]
    first: UnknownFields,
    #[tlv(unknown)]
    second: UnknownFields,
}

fn main() {
    let _ = Order::default().encode();
}
