//! Credits that were taken and not yet done.

use super::{Figure, Panel, SIDES, TALL, line_of};
use crate::report::model::Night;
use crate::report::numbers::whole;
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

pub(super) fn figure(night: &Night) -> Figure {
    let most = night.runs.iter().map(|run| run.jobs_max().0).max().unwrap_or_default();
    let frame = Frame::new(&night.setting, night.lasts(), TALL, Scale::up_to(most as f64));
    let lines = night.runs.iter().map(|run| {
        let values =
            run.seconds.iter().map(|second| (!second.services.is_empty()).then(|| second.jobs() as f64));
        marks::line(&frame, line_of(run), values)
    });
    let peak = match night.run(true).map(|run| run.jobs_max()) {
        Some((jobs @ 1.., at)) => format!(" With protection there were {} at most, at {at} s.", whole(jobs)),
        _ => String::new(),
    };
    Figure {
        title: "Credits that wait to be done",
        caption: format!(
            "Who opens a packet is not made to wait until the ledger has it: the credit is taken durably, answered, and done later, at a \
             rate that the ledger can bear. What the peak has left is done in the tail.{peak}"
        ),
        legend: SIDES.into(),
        panels: vec![Panel {
            title: "jobs in the queue".into(),
            svg: frame.svg("Jobs in the ledger's queue", &frame.ticks(), &lines.collect::<String>()),
        }],
    }
}
