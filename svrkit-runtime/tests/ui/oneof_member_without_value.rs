use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(oneof(7, 8, 9))]
    payer: Option<Payer>,
}

#[derive(TlvOneof)]
enum Payer {
    #[tlv(7)]
    Uin(u64, u64),
    #[tlv(8)]
    Guest,
    #[tlv(9)]
    House { number: u32 },
}

fn main() {
    let _ = Order::default().encode();
}
