use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(oneof(7))]
    payer: Option<Payer>,
}

#[derive(TlvOneof)]
enum Payer {}

fn main() {
    let _ = Order::default().encode();
}
