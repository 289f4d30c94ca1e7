use svrkit_runtime::Metrics;

struct Shop;

fn main() {
    let _: Shop = Metrics::new().register().unwrap();
}
