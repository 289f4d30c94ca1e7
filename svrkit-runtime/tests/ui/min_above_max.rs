use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, min = 5, max = 4)]
    id: u64,
    #[tlv(2, min = 0.5, max = 0)]
    rate: f64,
    #[tlv(3, min_len = 3, max_len = 2)]
    note: String,
    #[tlv(4, min_items = 2, max_items = 1)]
    sizes: Vec<u32>,
}

fn main() {
    let _ = Order::default().encode();
}
