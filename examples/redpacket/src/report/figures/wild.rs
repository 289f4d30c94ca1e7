//! What became of the calls of clients that run wild.

use super::shakes::LAYERS;
use super::{Figure, LOW, for_each_run};
use crate::report::model::{Ask, Night, Run};
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

pub(super) fn figure(night: &Night) -> Figure {
    let seconds = night.runs.iter().flat_map(|run| &run.seconds);
    let most = seconds.map(|second| second.made(Ask::Loop)).max().unwrap_or_default();
    Figure {
        title: "Clients that run wild",
        caption: format!(
            "{} clients shake in an endless loop, far more often than anybody else. The access tier finds and blocks them for a time, and \
             their own library sends nothing while that lasts; the others' calls are not touched. A block ends, is tried again, and comes \
             back twice as long.",
            night.setting.wild
        ),
        legend: LAYERS.iter().map(|(_, class, word)| (*class, *word)).collect(),
        panels: for_each_run(night, |run| panel(night, run, Scale::up_to(most as f64))),
    }
}

fn panel(night: &Night, run: &Run, scale: Scale) -> String {
    let frame = Frame::new(&night.setting, night.lasts(), LOW, scale);
    let layers = LAYERS.map(|(outcome, class, _)| {
        (class, run.seconds.iter().map(|second| second.of(Ask::Loop, outcome) as f64).collect())
    });
    frame.svg(
        "Calls of wild clients a second, by what became of them",
        &frame.ticks(),
        &marks::stack(&frame, &layers),
    )
}
