use svrkit_runtime::wire::tlv::Tlv;

#[derive(Default, Tlv)]
struct Order {
    #[tlv(1, min = 1, min = 2)]
    id: u32,
    #[tlv(2, max_lenght = 3)]
    note: String,
}

fn main() {
    let _ = Order::default().encode();
}
