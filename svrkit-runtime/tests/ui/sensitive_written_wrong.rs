use svrkit_runtime::wire::tlv::{Tlv, TlvOneof, UnknownFields};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(3, sensitive, sensitive)]
    twice: u32,
    #[tlv(4, sensitive = 1)]
    with_number: u32,
    #[tlv(oneof(1, 2), sensitive)]
    payer: Option<Payer>,
    #[tlv(unknown, sensitive)]
    unknown: UnknownFields,
}

#[derive(TlvOneof)]
enum Payer {
    #[tlv(1, sensitiv)]
    Uin(u64),
    #[tlv(2)]
    Guest(String),
}

fn main() {
    let _ = Order::default().encode();
}
