use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(oneof(7, 8, 9))]
    payer: Option<Payer>,
}

#[derive(TlvOneof)]
#[tlv(name = "shop.Payer")]
enum Payer {
    #[tlv(7, unpacked)]
    Uin(u64),
    #[tlv(8, max_length = 3)]
    Guest(String),
    #[tlv(9, min = 3, max = 2)]
    House(u32),
}

fn main() {
    let _ = Order::default().encode();
}
