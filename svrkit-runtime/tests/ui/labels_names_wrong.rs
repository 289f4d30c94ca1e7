use svrkit_runtime::metrics::Labels;

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
struct Sale {
    le: bool,
    #[metric(name = "Payment")]
    payment: bool,
    store: bool,
    #[metric(name = "store")]
    shop: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
#[metric(name = "__payment")]
enum Payment {
    Card,
}

fn main() {
    let _ = (Sale::NAMES, Payment::NAMES);
}
