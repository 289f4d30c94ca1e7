use svrkit_runtime::wire::tlv::Tlv;

use svrkit_runtime::wire::tlv::UnknownFields;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, unknown, fixed)]
    unknown: UnknownFields,
}

fn main() {
    let _ = Order::default().encode();
}
