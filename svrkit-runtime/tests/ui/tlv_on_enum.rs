use svrkit_runtime::wire::tlv::Tlv;

#[derive(Tlv)]
enum Order {
    Placed,
}

fn main() {
    let _ = Order::Placed;
}
