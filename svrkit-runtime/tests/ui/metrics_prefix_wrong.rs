use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::Counter;

#[derive(Metrics)]
#[metric(prefix = "svrkit")]
struct BuiltIn {
    /// Orders that were placed.
    placed: Counter,
}

#[derive(Metrics)]
#[metric(prefix = "Shop")]
struct Capital {
    /// Orders that were placed.
    placed: Counter,
}

fn main() {
    let _: BuiltIn = Metrics::new().register().unwrap();
    let _: Capital = Metrics::new().register().unwrap();
}
