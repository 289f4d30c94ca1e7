use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Gauge};

#[derive(Metrics)]
#[metric(prefix = "shop", prefix = "store", name = "shop")]
struct Shop {
    /// Orders that were placed.
    #[metric(nam = "orders")]
    placed: Counter,
    /// Orders that wait.
    #[metric(name = waiting)]
    queue: Gauge,
    /// Orders that are cooked.
    #[metric(3)]
    cooking: Gauge,
}

fn main() {
    let _: Shop = Metrics::new().register().unwrap();
}
