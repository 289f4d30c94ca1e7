use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(oneof(7))]
    payer: Option<Payer>,
}

#[derive(TlvOneof)]
enum Payer {
    #[tlv(7, zigzag)]
    Uin(u64),
}

fn main() {
    let _ = Order::default().encode();
}
