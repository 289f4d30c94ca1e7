use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, ensure("even"))]
    number: u32,
    #[tlv(2, ensure("even", is_even, is_even))]
    twice: u32,
    #[tlv(3, ensure("even", 2))]
    no_path: u32,
}

fn is_even(number: &u32) -> bool {
    number % 2 == 0
}

fn main() {
    let _ = Order::default().encode();
    let _ = is_even(&2);
}
