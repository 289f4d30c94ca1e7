use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1)]
    id: u64,
}

#[derive(TlvOneof)]
enum Payer<T> {
    #[tlv(7)]
    Uin(T),
}

fn main() {
    let _ = Order::default().encode();
}
