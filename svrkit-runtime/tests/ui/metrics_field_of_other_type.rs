use std::sync::atomic::AtomicU64;

use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Counter, Family};

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Shop {
    /// Orders that were placed.
    placed: AtomicU64,
    /// Orders that were paid, here and there.
    paid: [Counter; 2],
    /// Orders that were paid, by what.
    sold: Family<bool, Family<bool, Counter>>,
}

fn main() {
    let _: Shop = Metrics::new().register().unwrap();
}
