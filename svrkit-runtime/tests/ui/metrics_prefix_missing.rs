use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::Counter;

#[derive(Metrics)]
struct Shop {
    /// Orders that were placed.
    placed: Counter,
}

fn main() {
    let shop: Shop = Metrics::new().register().unwrap();
    shop.placed.increment();
}
