use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, ensure("even", is_even))]
    text: Option<String>,
    #[tlv(2, ensure("finite", svrkit_runtime::constraint::is_finite))]
    number: u32,
    #[tlv(oneof(3))]
    payer: Option<Payer>,
}

#[derive(TlvOneof)]
enum Payer {
    #[tlv(3, ensure("even", is_even))]
    Guest(String),
}

fn is_even(number: &u32) -> bool {
    number % 2 == 0
}

fn main() {
    let _ = Order::default().encode();
    let _ = is_even(&2);
}
