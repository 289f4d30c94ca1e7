//! How long 99 of a hundred took.

use super::{Figure, Panel, SIDES, TALL, line_of};
use crate::report::model::{Ask, Night};
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

/// From a millisecond to ten seconds.
const SCALE: Scale = Scale::Log(1.0, 10_000.0);

pub(super) fn figure(night: &Night) -> Figure {
    Figure {
        title: "How long 99 of a hundred took",
        caption: "From the moment a call was due until it was answered, or until its user had waited in vain; who was refused at once is \
                  not counted. The scale is logarithmic."
            .into(),
        legend: SIDES.into(),
        panels: [(Ask::Open, "open"), (Ask::Shake, "shake")].map(|(ask, title)| panel(night, ask, title)).into(),
    }
}

fn panel(night: &Night, ask: Ask, title: &str) -> Panel {
    let frame = Frame::new(&night.setting, night.lasts(), TALL, SCALE);
    let lines = night.runs.iter().map(|run| {
        let values = run.seconds.iter().map(|second| second.calls.get(&ask)?.took.ms(990));
        marks::line(&frame, line_of(run), values)
    });
    let ticks = [(1.0, "1 ms"), (10.0, "10 ms"), (100.0, "0.1 s"), (1_000.0, "1 s"), (10_000.0, "10 s")];
    let svg = frame.svg(
        "Time that 99 of a hundred took at most",
        &ticks.map(|(value, word)| (value, word.into())),
        &lines.collect::<String>(),
    );
    Panel { title: title.into(), svg }
}
