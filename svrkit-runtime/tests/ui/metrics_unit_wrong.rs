use std::time::Duration;

use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Distribution};

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Shop {
    /// How long orders took to cook.
    #[metric(unit = "seconds")]
    cooking: Distribution,
    /// How long cooks were busy.
    #[metric(unit = "bytes")]
    busy: Counter<Duration>,
    /// What was printed.
    #[metric(unit = "byte")]
    printed: Counter,
}

fn main() {
    let _: Shop = Metrics::new().register().unwrap();
}
