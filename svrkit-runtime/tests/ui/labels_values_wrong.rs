use svrkit_runtime::metrics::Labels;

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
enum Payment {
    Card,
    #[metric(value = "card")]
    Credit,
    #[metric(value = "")]
    Nothing,
    Voucher(String),
    #[metric(name = "cash")]
    Cash,
}

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
enum Never {}

fn main() {
    let _ = (Payment::NAMES, Never::NAMES);
}
