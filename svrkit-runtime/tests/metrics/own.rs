//! Metrics of a program's own.

use std::thread;
use std::time::Duration;

use svrkit_runtime::metrics::{Counter, Distribution, Family, Gauge, Labels, RegisterError, Unit};
use svrkit_runtime::{Limits, Metrics};

use crate::ledger::{counted, lines};
use crate::text::promtool_accepts;

#[derive(Clone, Debug, Metrics)]
#[metric(prefix = "shop")]
pub(crate) struct Shop {
    /// Orders that were placed,
    /// by everybody.
    ///
    /// What follows is for who reads the source.
    pub(crate) orders_placed: Counter,
    /// Orders that wait for a courier.
    #[metric(name = "orders_waiting")]
    pub(crate) queue: Gauge,
    /// How long orders took to cook.
    pub(crate) cooking: Distribution<Duration>,
    /// How long cooks were busy.
    busy: Counter<Duration>,
    /// Lengths of what was printed.
    #[metric(unit = "bytes")]
    printed: Distribution,
    /// Orders that were paid.
    pub(crate) paid: Family<Sale, Counter>,
    /// Couriers that are on their way, by where they go.
    couriers: Family<District, Gauge>,
    /// How long couriers took.
    pub(crate) delivery: Family<District, Distribution<Duration>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Labels)]
pub(crate) struct Sale {
    pub(crate) payment: Payment,
    #[metric(name = "is_new")]
    pub(crate) is_new_customer: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Labels)]
pub(crate) enum Payment {
    Card,
    #[metric(value = "cash")]
    CashOnDelivery,
}

/// Whatever customers say.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Labels)]
pub(crate) struct District {
    district: String,
}

pub(crate) fn district(district: &str) -> District {
    District { district: district.to_owned() }
}

fn sale(payment: Payment, is_new_customer: bool) -> Sale {
    Sale { payment, is_new_customer }
}

#[test]
fn they_are_counted_by_all_threads_and_told_apart_by_where() {
    let (metrics, other) = (Metrics::new(), Metrics::new());
    let shop: Shop = metrics.register().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let shop = shop.clone();
            thread::spawn(move || {
                for minutes in 1..=100 {
                    shop.orders_placed.add(2);
                    shop.queue.add(3);
                    shop.queue.add(-4);
                    shop.cooking.record(Duration::from_secs(60 * minutes));
                    shop.busy.add(Duration::from_millis(minutes));
                    shop.printed.record(minutes);
                    shop.paid.of(&sale(Payment::Card, true)).increment();
                    shop.paid.of(&sale(Payment::CashOnDelivery, minutes % 2 == 0)).add(3);
                    shop.delivery.of(&district("north")).record(Duration::from_secs(minutes));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    shop.couriers.of(&district("west")).set(7);
    let elsewhere: Shop = other.register().unwrap();
    elsewhere.orders_placed.add(7);
    assert_eq!(other.snapshot().counter("shop_orders_placed_total", &[]), 7);

    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.family("shop_printed_bytes").unwrap().unit, Unit::Bytes);
    let text = snapshot.prometheus();
    for line in [
        "# HELP shop_orders_placed_total Orders that were placed, by everybody.",
        "# TYPE shop_orders_placed_total counter",
        "shop_orders_placed_total 800",
        "shop_orders_waiting -400",
        "shop_cooking_seconds_sum 1212000",
        "shop_cooking_seconds_count 400",
        "shop_busy_seconds_total 20.2",
        "shop_printed_bytes_sum 20200",
        "shop_paid_total{payment=\"card\",is_new=\"true\"} 400",
        "shop_paid_total{payment=\"cash\",is_new=\"true\"} 600",
        "shop_paid_total{payment=\"cash\",is_new=\"false\"} 600",
        "shop_couriers{district=\"west\"} 7",
        "shop_delivery_seconds_sum{district=\"north\"} 20200",
    ] {
        assert!(text.lines().any(|each| each == line), "{line} is not in\n{text}");
    }
    promtool_accepts(&text);
}

#[test]
fn a_gauge_is_set_and_changed_by_all_threads_alike() {
    let metrics = Metrics::new();
    let shop: Shop = metrics.register().unwrap();
    let now = || metrics.snapshot().gauge("shop_orders_waiting", &[]);
    let elsewhere = shop.clone();
    thread::spawn(move || elsewhere.queue.add(5)).join().unwrap();
    shop.queue.set(20);
    let elsewhere = shop.queue.clone();
    thread::spawn(move || elsewhere.add(-4)).join().unwrap();
    assert_eq!(now(), 16);

    let raised = shop.queue.raise();
    assert_eq!(now(), 17);
    let panicked = thread::spawn(move || {
        let _raised = raised;
        panic!("as a handler does");
    });
    panicked.join().unwrap_err();
    assert_eq!(now(), 16);
}

#[test]
fn registered_again_they_are_counted_together() {
    let metrics = Metrics::new();
    let (first, second): (Shop, Shop) = (metrics.register().unwrap(), metrics.register().unwrap());
    first.orders_placed.add(1);
    second.orders_placed.add(2);
    let by_name: Counter =
        metrics.named("shop_orders_placed_total", "Orders that were placed, by everybody.").unwrap();
    by_name.add(4);
    first.queue.set(3);
    second.queue.add(1);
    first.paid.of(&sale(Payment::Card, true)).add(8);
    second.paid.of(&sale(Payment::Card, true)).add(16);
    first.couriers.of(&district("north")).set(1);
    second.couriers.of(&district("north")).add(1);
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.counter("shop_orders_placed_total", &[]), 7);
    assert_eq!(snapshot.gauge("shop_orders_waiting", &[]), 4);
    assert_eq!(counted(&snapshot, "shop_paid_total"), lines(&[("card true", 24)]));
    assert_eq!(snapshot.gauge("shop_couriers", &[("district", "north")]), 2);
    promtool_accepts(&snapshot.prometheus());
}

#[test]
fn two_of_one_name_are_refused_and_nothing_is_registered() {
    #[derive(Debug, Metrics)]
    #[metric(prefix = "shop")]
    struct Others {
        /// Guests that came in.
        #[expect(dead_code, reason = "it is never registered")]
        guests: Counter,
        /// Orders that were paid.
        #[expect(dead_code, reason = "it is never registered")]
        paid: Family<District, Counter>,
    }
    let metrics = Metrics::new();
    let _shop: Shop = metrics.register().unwrap();
    let error = metrics.register::<Others>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "two metrics are called `shop_paid_total`: a counter by `payment`, `is_new` (\"Orders that were paid.\") is registered, \
         a counter by `district` (\"Orders that were paid.\") was to be: give one of them another name, or describe both alike to have them \
         counted together"
    );
    assert!(metrics.snapshot().family("shop_guests_total").is_none());

    let taken = |refused: Result<(), RegisterError>| {
        assert!(matches!(refused, Err(RegisterError::Taken { .. })), "{refused:?}")
    };
    // Another meaning, another type.
    taken(metrics.named::<Counter>("shop_orders_placed_total", "Something else.").map(drop));
    taken(metrics.named::<Distribution>("shop_orders_waiting", "Orders that wait for a courier.").map(drop));
}

#[test]
fn what_is_no_name_is_refused() {
    let metrics = Metrics::new();
    let refused = |error: RegisterError| error.to_string();
    assert_eq!(
        refused(metrics.named::<Counter>("shop_orders", "Orders.").unwrap_err()),
        "the metric `shop_orders` cannot be registered: its name has to end with `_total`, as a counter's does"
    );
    for error in [
        metrics.named::<Gauge>("shop orders", "Orders.").map(drop),
        metrics.named::<Gauge>("svrkit_calls_in_flight", "Attempts that have begun and not ended.").map(drop),
        metrics.named::<Distribution<Duration>>("shop_cooking", "How long orders took to cook.").map(drop),
        metrics.named::<Distribution>("shop_cooking_seconds", "How long orders took to cook.").map(drop),
    ] {
        assert!(matches!(error, Err(RegisterError::Name { .. })), "{error:?}");
    }
    let labels = metrics.named::<Family<Unfit, Counter>>("shop_orders_total", "Orders.");
    assert!(
        matches!(
            labels,
            Err(RegisterError::Label { label: "le", why: "is one that Prometheus itself uses", .. })
        ),
        "{labels:?}"
    );
}

/// As the derive would never make them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Unfit;

impl Labels for Unfit {
    const NAMES: &'static [&'static str] = &["le"];
    const COUNT: Option<usize> = Some(usize::MAX);

    fn index(&self) -> Option<usize> {
        Some(usize::MAX)
    }

    fn texts(&self) -> Vec<std::borrow::Cow<'_, str>> {
        Vec::new()
    }
}

#[test]
fn labels_that_are_told_wrong_are_counted_all_the_same() {
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Wrong(usize);
    impl Labels for Wrong {
        const NAMES: &'static [&'static str] = &["first", "second"];
        const COUNT: Option<usize> = Some(1);

        fn index(&self) -> Option<usize> {
            Some(self.0)
        }

        fn texts(&self) -> Vec<std::borrow::Cow<'_, str>> {
            vec!["one".into()]
        }
    }
    let metrics = Metrics::new();
    let seen: Family<Wrong, Counter> = metrics.named("shop_seen_total", "Guests.").unwrap();
    seen.of(&Wrong(0)).add(1);
    seen.of(&Wrong(1)).add(2);
    assert_eq!(counted(&metrics.snapshot(), "shop_seen_total"), lines(&[("one ", 1), ("other other", 2)]));
}

#[test]
fn a_long_text_is_cut_and_labels_that_become_alike_are_one() {
    let metrics = Metrics::new();
    let shop: Shop = metrics.register().unwrap();
    let long = "x".repeat(1024);
    for end in ["", "north", "south"] {
        shop.delivery.of(&district(&format!("{long}{end}"))).record(Duration::from_secs(1));
    }
    let snapshot = metrics.snapshot();
    let [sample] = &snapshot.family("shop_delivery_seconds").unwrap().samples[..] else {
        panic!("one set of labels")
    };
    assert_eq!(sample.label("district"), Some(&*long));
    assert_eq!(snapshot.histogram("shop_delivery_seconds", &[]).unwrap().count(), 3);
    promtool_accepts(&snapshot.prometheus());
}

#[test]
fn labels_of_several_instances_share_one_limit() {
    let metrics = Metrics::limited(&Limits { metrics_label_sets: 2, ..Limits::default() });
    let (first, second): (Shop, Shop) = (metrics.register().unwrap(), metrics.register().unwrap());
    for (shop, name) in
        [(&first, "north"), (&second, "west"), (&first, "east"), (&second, "north"), (&first, "west")]
    {
        shop.delivery.of(&district(name)).record(Duration::from_secs(1));
        shop.delivery.of(&district("unknown")).record(Duration::from_secs(1));
    }
    let snapshot = metrics.snapshot();
    let count = |name| {
        snapshot.histogram("shop_delivery_seconds", &[("district", name)]).map_or(0, |found| found.count())
    };
    assert_eq!((count("north"), count("unknown"), count("other")), (2, 5, 3));
}
