use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, min = -1)]
    id: u32,
    #[tlv(2, max = 2147483648)]
    delta: Option<i32>,
    #[tlv(3, max = 0.5)]
    sizes: Vec<u64>,
    #[tlv(4, max_len = 4294967296)]
    note: String,
    #[tlv(5, min_items = -1)]
    prices: Vec<u64>,
}

fn main() {
    let _ = Order::default().encode();
}
