//! What metrics take of memory and of the text, as `docs/monitoring.md` says it.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use svrkit_runtime::metrics::{Counter, Distribution, Family, Gauge, Labels};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Limits, Metrics, Server};

use crate::segment::folder;
use crate::support::{ECHO, GROW, Note, Test, check_table};

#[derive(Clone, PartialEq, Eq, Hash, Labels)]
enum Payment {
    Card,
}

/// What a segment has, in bytes of its records, and what is told of it.
#[derive(Clone, Copy, Debug)]
struct Held {
    series: usize,
    blocks: usize,
    samples: usize,
    lines: usize,
}

impl Held {
    fn of(metrics: &Metrics) -> Self {
        let bytes = fs::read(metrics.segment().unwrap()).unwrap();
        let half = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let snapshot = metrics.snapshot();
        let text = snapshot.prometheus();
        let samples = snapshot.families().iter().map(|family| family.samples.len()).sum();
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        let mut held = Self { series: 0, blocks: 0, samples, lines };
        // `committed`, and then record after record: docs/segment.md.
        let (committed, mut at) = (half(40), 64);
        while at < committed {
            match half(at) {
                2 => held.series += half(at + 4),
                3 => held.blocks += half(at + 4),
                _ => {}
            }
            at += half(at + 4);
        }
        held
    }

    /// The row of what `work` has added, which was counted by one thread.
    fn row(metrics: &Metrics, what: &str, work: impl FnOnce()) -> String {
        let before = Self::of(metrics);
        work();
        let after = Self::of(metrics);
        let [series, blocks, samples, lines] = [
            after.series - before.series,
            after.blocks - before.blocks,
            after.samples - before.samples,
            after.lines - before.lines,
        ];
        assert!(blocks > 0, "{what} is counted");
        format!("| {what} | {samples} | {lines} | {series} | {blocks} |\n")
    }
}

#[test]
fn the_document_says_what_metrics_take() {
    let dir = folder();
    let metrics = Metrics::in_segment(dir.path(), &Limits::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_server, client) = runtime.block_on(async {
        let server = TestServer::start(Server::new().without_metrics().service(Test::default())).await;
        let client = Client::builder(server.address()).metrics(metrics.clone()).connect().await.unwrap();
        // What there is of a client once is there.
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
        (server, client)
    });
    let mut table = "| what is counted | samples | lines of text | bytes | and for each thread that counts it |\n|---|---|---|---|---|\n".to_owned();
    let mut row = |what: &str, work: &dyn Fn()| table.write_str(&Held::row(&metrics, what, work)).unwrap();
    row("a method, of one side: `test.Test` `Grow`", &|| {
        drop(runtime.block_on(client.request::<_, Note>(&GROW, &Note::number(1)).into_future()));
    });
    row("a `Counter`", &|| {
        metrics.named::<Counter>("shop_placed_total", "Orders.").unwrap().increment();
    });
    row("a `Gauge`, for all threads together", &|| {
        metrics.named::<Gauge>("shop_waiting", "Orders.").unwrap().add(1);
    });
    row("a `Distribution<Duration>`", &|| {
        let cooking: Distribution<Duration> = metrics.named("shop_cooking_seconds", "Orders.").unwrap();
        cooking.record(Duration::from_secs(1));
    });
    row("a `Distribution` of other values", &|| {
        metrics.named::<Distribution>("shop_printed_bytes", "Orders.").unwrap().record(1);
    });
    row("a label set of a `Family` of counters: `payment=\"card\"`", &|| {
        let paid: Family<Payment, Counter> = metrics.named("shop_paid_total", "Orders.").unwrap();
        paid.of(&Payment::Card).increment();
    });
    check_table(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/monitoring.md"), "metrics-cost", &table);
}
