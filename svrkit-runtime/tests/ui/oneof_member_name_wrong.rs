use svrkit_runtime::{Tlv, TlvOneof};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Order {
    #[tlv(1, name = "id")]
    id: u64,
    #[tlv(oneof(7, 8, 9))]
    payer: Option<Payer>,
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Payer {
    #[tlv(7, name = "guest name")]
    Guest(String),
    #[tlv(8, name = uin)]
    Uin(u64),
    #[tlv(9, name = "card", name = "card_2")]
    Card(u64),
}

fn main() {}
