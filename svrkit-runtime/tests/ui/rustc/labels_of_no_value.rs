use svrkit_runtime::metrics::Labels;

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
struct Sale {
    price: i64,
}

fn main() {
    let _ = Sale::NAMES;
}
