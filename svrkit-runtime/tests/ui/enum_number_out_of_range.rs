use svrkit_runtime::wire::tlv::TlvEnum;

#[derive(Clone, Copy, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(-2_147_483_648)]
    Lowest,
    #[tlv(2_147_483_648)]
    TooHigh,
    #[tlv(unknown)]
    Unknown(i32),
}

fn main() {
    let _ = Mood::from_number(1).number();
}
