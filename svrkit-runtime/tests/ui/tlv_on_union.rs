use svrkit_runtime::wire::tlv::Tlv;

#[derive(Tlv)]
union Order {
    id: u64,
}

fn main() {
    let _ = Order { id: 1 };
}
