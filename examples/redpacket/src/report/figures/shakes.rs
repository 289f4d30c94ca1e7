//! What became of the shakes.

use super::{Figure, TALL, for_each_run};
use crate::report::model::{Ask, Night, Outcome, Run};
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

/// From the bottom to the top, with the class of its colour.
pub(super) const LAYERS: [(Outcome, &str, &str); 6] = [
    (Outcome::Answered, "answered", "answered in time"),
    (Outcome::Degraded, "degraded", "answered with less"),
    (Outcome::Refused, "refused", "refused at once"),
    (Outcome::Kept, "kept", "not sent: the client knew"),
    (Outcome::Late, "late", "too late"),
    (Outcome::Failed, "failed", "failed"),
];

pub(crate) fn figure(night: &Night) -> Figure {
    let runs = night.runs.iter().flat_map(|run| &run.seconds);
    let most = runs.map(|second| second.made(Ask::Shake)).max().unwrap_or_default();
    let scale = Scale::up_to((most as f64).max(night.setting.capacity));
    Figure {
        title: "Shakes a second",
        caption: "All shakes that were due, by what became of them. The dashed line is what the access tier can answer. Whoever is not \
                  answered should hear so at once and try again, and not wait for nothing: red is who did."
            .into(),
        legend: LAYERS.iter().map(|(_, class, word)| (*class, *word)).collect(),
        panels: for_each_run(night, |run| panel(night, run, scale)),
    }
}

fn panel(night: &Night, run: &Run, scale: Scale) -> String {
    let frame = Frame::new(&night.setting, night.lasts(), TALL, scale);
    let layers = LAYERS.map(|(outcome, class, _)| {
        (class, run.seconds.iter().map(|second| second.of(Ask::Shake, outcome) as f64).collect())
    });
    let capacity = vec![Some(night.setting.capacity); night.lasts()];
    let marks = marks::stack(&frame, &layers) + &marks::line(&frame, "capacity", capacity);
    frame.svg("Shakes a second, by what became of them", &frame.ticks(), &marks)
}
