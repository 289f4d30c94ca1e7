//! `/status`: each method's calls of late, as the server sees them and as the process makes them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::measure;
use crate::admin::history::{Figures, History};
use crate::admin::page::{Column, Document, Page, Showing, Shown};

const CALLS: &str = "svrkit_calls_total";
const IN_FLIGHT: &str = "svrkit_calls_in_flight";
const DURATION: &str = "svrkit_call_duration_seconds";
const WAIT: &str = "svrkit_call_wait_seconds";

const DEGRADED: &str = "svrkit_calls_degraded_total";

const COLUMNS: [Column; 12] = [
    Column::left("method"),
    Column::right("in flight"),
    Column::right("a second"),
    Column::right("failed"),
    Column::right("p50"),
    Column::right("p90"),
    Column::right("p99"),
    Column::right("p99.9"),
    Column::right("wait p99"),
    Column::right("calls ever"),
    Column::right("failed ever"),
    Column::right("degraded ever"),
];

pub(super) struct Status(pub(super) Arc<History>);

impl Page for Status {
    fn path(&self) -> &'static str {
        "/status"
    }

    fn about(&self) -> &'static str {
        "each method: rate, failures, percentiles, calls in flight"
    }

    fn show(&self) -> Showing<'_> {
        let figures = self.0.figures();
        let words = format!(
            "Rates and percentiles are of the last {}; streams count when they end.",
            measure::long(figures.window)
        );
        let document = Document::new("Status")
            .words(words)
            .table("Calls that it answers", &COLUMNS, rows(&figures, "server"), "None yet.")
            .table("Calls that its process makes", &COLUMNS, rows(&figures, "client"), "None yet.");
        Shown::from(document).now()
    }
}

fn rows<'a>(figures: &'a Figures, side: &'a str) -> impl Iterator<Item = Vec<String>> {
    methods(figures, side).into_iter().map(move |(service, method)| row(figures, side, service, method))
}

/// Those that were called.
fn methods<'a>(figures: &'a Figures, side: &str) -> BTreeSet<(&'a str, &'a str)> {
    let samples = figures.now.family(CALLS).map_or(&[][..], |family| &family.samples);
    let of_side = samples.iter().filter(|sample| sample.label("side") == Some(side));
    of_side.filter_map(|sample| Some((sample.label("service")?, sample.label("method")?))).collect()
}

fn row(figures: &Figures, side: &str, service: &str, method: &str) -> Vec<String> {
    let of_method = [("side", side), ("service", service), ("method", method)];
    let answered = [&of_method[..], &[("code", "OK")]].concat();
    let Figures { now, before, window } = figures;
    let (calls, well) = (now.counter(CALLS, &of_method), now.counter(CALLS, &answered));
    let calls_of_late = calls.wrapping_sub(before.counter(CALLS, &of_method));
    let well_of_late = well.wrapping_sub(before.counter(CALLS, &answered));
    let of_late = |name: &str| {
        let mut histogram = now.histogram(name, &of_method)?;
        if let Some(before) = before.histogram(name, &of_method) {
            histogram.subtract(&before);
        }
        Some(histogram)
    };
    let (durations, waits) = (of_late(DURATION), of_late(WAIT));
    let percentile = |histogram: &Option<crate::metrics::Histogram>, percent| {
        let nanos = histogram.as_ref().and_then(|histogram| histogram.percentile(percent));
        nanos.map_or_else(|| "–".into(), |nanos| measure::short(Duration::from_nanos(nanos)))
    };
    vec![
        format!("{service}.{method}"),
        now.gauge(IN_FLIGHT, &of_method).to_string(),
        measure::rate(calls_of_late, *window),
        measure::share(calls_of_late.saturating_sub(well_of_late), calls_of_late),
        percentile(&durations, 50.0),
        percentile(&durations, 90.0),
        percentile(&durations, 99.0),
        percentile(&durations, 99.9),
        percentile(&waits, 99.0),
        calls.to_string(),
        calls.saturating_sub(well).to_string(),
        now.counter(DEGRADED, &of_method).to_string(),
    ]
}
