use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Gauge};

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Shop {
    placed: Counter,
    ///
    waiting: Gauge,
}

fn main() {
    let shop: Shop = Metrics::new().register().unwrap();
    shop.placed.increment();
}
