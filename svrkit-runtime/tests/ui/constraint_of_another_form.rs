use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, min)]
    id: u32,
    #[tlv(2, max = "10")]
    total: u32,
    #[tlv(3, required = 1)]
    note: Option<String>,
    #[tlv(4, max_len = 1.5)]
    text: String,
    #[tlv(5, zigzag = 1)]
    delta: i64,
    #[tlv(6, oneof)]
    payer: Option<u32>,
    #[tlv(7, max_len = 1e999)]
    other: String,
}

fn main() {
    let _ = Order::default().encode();
}
