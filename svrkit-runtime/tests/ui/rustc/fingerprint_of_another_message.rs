use svrkit_runtime::wire::tlv::{Tlv, assert_fingerprint};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    id: u32,
}

// That of `m0{};`
const _: () = assert_fingerprint::<Order>(0xfee4352ddfc20415);

fn main() {
    let _ = Order::default().encode();
}
