use svrkit_runtime::wire::tlv::TlvEnum;

#[derive(Clone, Copy, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(unknown)]
    Unknown(u64),
}

fn main() {
    let _ = Mood::from_number(1).number();
}
