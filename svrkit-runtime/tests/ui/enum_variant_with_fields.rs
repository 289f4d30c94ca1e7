use svrkit_runtime::wire::tlv::TlvEnum;

#[derive(Clone, Copy, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(1)]
    Glad(u32),
    #[tlv(unknown)]
    Unknown(i32),
}

fn main() {
    let _ = Mood::from_number(1).number();
}
