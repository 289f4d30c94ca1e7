use svrkit_runtime::wire::tlv::TlvEnum;

#[derive(Clone, Copy, TlvEnum)]
enum Mood {
    #[tlv(1)]
    Glad,
    #[tlv(unknown)]
    Unknown(i32),
}

fn main() {
    let _ = Mood::from_number(1).number();
}
