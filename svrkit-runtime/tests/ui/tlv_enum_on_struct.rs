use svrkit_runtime::wire::tlv::TlvEnum;

#[derive(Clone, Copy, TlvEnum)]
struct Mood {
    glad: bool,
}

fn main() {
    let _ = Mood { glad: true };
}
