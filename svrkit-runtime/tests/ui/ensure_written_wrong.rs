use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, ensure)]
    alone: u32,
    #[tlv(2, ensure = "even")]
    without_function: u32,
    #[tlv(3, ensure(7))]
    number: u32,
    #[tlv(4, ensure("  ", is_even))]
    without_text: u32,
    #[tlv(5, even("even", is_even))]
    another_word: u32,
}

fn is_even(number: &u32) -> bool {
    number % 2 == 0
}

fn main() {
    let _ = Order::default().encode();
    let _ = is_even(&2);
}
