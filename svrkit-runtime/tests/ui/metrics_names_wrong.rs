use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Distribution, Gauge};

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Shop {
    /// Orders that were placed.
    placed: Counter,
    /// Orders that were placed as well.
    #[metric(name = "placed_total")]
    placed_again: Counter,
    /// Orders that wait.
    #[metric(name = "orders waiting")]
    waiting: Gauge,
    /// Orders that are there.
    orders_total: Gauge,
    /// Orders that are there.
    order_count: Gauge,
    /// How long orders took to cook.
    cooking_seconds: Distribution,
}

fn main() {
    let shop: Shop = Metrics::new().register().unwrap();
    shop.placed.increment();
}
