use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Family};

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Shop {
    /// Orders that were paid.
    paid: Family<String, Counter>,
}

fn main() {
    let _: Shop = Metrics::new().register().unwrap();
}
