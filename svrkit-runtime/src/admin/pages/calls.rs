//! `/calls`: calls to look at. What they carried is not among it.

use std::sync::Arc;

use super::measure;
use crate::admin::calls::{CallRing, Record};
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::types::Timestamp;

const COLUMNS: [Column; 11] = [
    Column::left("began"),
    Column::left("method"),
    Column::left("peer"),
    Column::left("code"),
    Column::right("took"),
    Column::left("stages"),
    Column::right("request"),
    Column::right("answer"),
    Column::right("time left"),
    Column::left("trace"),
    Column::left("words"),
];

pub(super) struct Calls(pub(super) Arc<CallRing>);

impl Page for Calls {
    fn path(&self) -> &'static str {
        "/calls"
    }

    fn about(&self) -> &'static str {
        "calls that were slow, failed, or are a sample"
    }

    fn show(&self) -> Showing<'_> {
        let kept = self.0.kept();
        let failed = match kept.failures_left_out {
            0 => "Failed".into(),
            count => format!("Failed, and {count} more that came too close together to be kept"),
        };
        let rows = |records: &[Arc<Record>]| records.iter().map(|record| row(record)).collect::<Vec<_>>();
        let document = Document::new("Calls")
            .words("Stages are counted from where a request was read.")
            .table("Slowest of each method in the last 5 minutes", &COLUMNS, rows(&kept.slow), "None yet.")
            .table(failed, &COLUMNS, rows(&kept.failed), "None.")
            .table("Sampled (admin.sample)", &COLUMNS, rows(&kept.sampled), "None yet.");
        Shown::from(document).now()
    }
}

fn row(record: &Record) -> Vec<String> {
    let stages = record.stages().into_iter();
    let stages = stages.map(|(name, at)| format!("{name} {}", measure::short(at)));
    let (request, answer) = lens(record);
    vec![
        began(record),
        record.method.clone(),
        record.peer.clone(),
        record.code.to_string(),
        measure::short(record.latency),
        stages.collect::<Vec<_>>().join(", "),
        request,
        answer,
        record.left.map_or_else(|| "no deadline".into(), measure::short),
        record.trace.map(|trace| format!("{:032x}", trace.trace_id())).unwrap_or_default(),
        record.words.clone(),
    ]
}

/// To the millisecond; outside of the years that a timestamp has there are no calls.
fn began(record: &Record) -> String {
    let Ok(mut time) = Timestamp::try_from(record.time) else { return String::new() };
    time.nanos -= time.nanos % 1_000_000;
    time.to_string()
}

/// Of the request and the answer, or of what streamed.
fn lens(record: &Record) -> (String, String) {
    let messages = |count: u64, bytes| format!("{count} messages, {}", measure::bytes(bytes));
    match &record.stream {
        Some(totals) => (
            messages(totals.requests, totals.request_bytes),
            messages(totals.responses, totals.response_bytes),
        ),
        None => (measure::bytes(record.request_len as u64), measure::bytes(record.response_len as u64)),
    }
}
