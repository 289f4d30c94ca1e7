use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::Counter;

#[derive(Metrics)]
enum Enumeration {
    Placed(Counter),
}

#[derive(Metrics)]
struct Tuple(Counter);

#[derive(Metrics)]
#[metric(prefix = "shop")]
struct Generic<V> {
    /// Orders that were placed.
    placed: Counter<V>,
}

fn main() {
    let metrics = Metrics::new();
    let _: Enumeration = metrics.register().unwrap();
    let _: Tuple = metrics.register().unwrap();
    let _: Generic<u64> = metrics.register().unwrap();
}
