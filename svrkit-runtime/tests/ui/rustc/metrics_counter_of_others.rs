use svrkit_runtime::Metrics;

pub struct Counter;

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Shop {
    /// Orders that were placed.
    placed: Counter,
}

fn main() {
    let _: Shop = Metrics::new().register().unwrap();
}
