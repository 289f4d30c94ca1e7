use svrkit_runtime::metrics::Labels;

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
struct None {}

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
struct Tuple(bool);

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
struct Generic<V> {
    value: V,
}

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
#[metric(name = "sale")]
struct Named {
    is_new: bool,
}

fn main() {
    let _ = (None::NAMES, Tuple::NAMES, Named::NAMES);
}
