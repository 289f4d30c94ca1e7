use svrkit_runtime::wire::tlv::{Tlv, TlvOneof, UnknownFields};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(oneof(1, 2), ensure("even", is_even))]
    payer: Option<Payer>,
    #[tlv(unknown, ensure("even", is_even))]
    unknown: UnknownFields,
}

#[derive(TlvOneof)]
enum Payer {
    #[tlv(1)]
    Uin(u64),
    #[tlv(2)]
    Guest(String),
}

fn is_even(number: &u32) -> bool {
    number % 2 == 0
}

fn main() {
    let _ = Order::default().encode();
    let _ = is_even(&2);
}
