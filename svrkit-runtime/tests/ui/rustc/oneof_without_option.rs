use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(oneof(7, 8))]
    payer: Vec<Payer>,
}

#[derive(TlvOneof)]
enum Payer {
    #[tlv(7)]
    Uin(u64),
    #[tlv(8)]
    Guest(String),
}

fn main() {
    let _ = Order::default().encode();
}
