use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    id: u64,
}

#[derive(TlvOneof)]
struct Payer {
    #[tlv(7)]
    uin: u64,
}

fn main() {
    let _ = Order::default().encode();
}
