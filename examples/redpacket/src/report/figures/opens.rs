//! How many of the packets that somebody wanted to open were opened in time.

use super::{Figure, Panel, SIDES, TALL, line_of};
use crate::report::model::{Ask, Night};
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

pub(crate) fn figure(night: &Night) -> Figure {
    let setting = &night.setting;
    let seconds = || night.runs.iter().flat_map(|run| &run.seconds);
    let most = seconds().map(|second| second.made(Ask::Open)).max().unwrap_or_default();
    let shares = Frame::new(setting, night.lasts(), TALL, Scale::Linear(100.0));
    let counts = Frame::new(setting, night.lasts(), TALL, Scale::up_to(most as f64));
    let lines = |frame: &Frame<'_>, value: fn(&crate::report::model::Calls) -> Option<f64>| -> String {
        let runs = night.runs.iter();
        runs.map(|run| {
            let values = run.seconds.iter().map(|second| second.calls.get(&Ask::Open).and_then(value));
            marks::line(frame, line_of(run), values)
        })
        .collect()
    };
    let in_time = lines(&shares, |calls| calls.percent(calls.in_time()));
    let opened = lines(&counts, |calls| Some(calls.in_time() as f64));
    Figure {
        title: "Packets opened",
        caption: "Opening is the core of the night: it goes before everything else at every hop. On the left, of those who wanted to open a \
                  packet, how many had it in time; on the right, how many packets that were in a second. Who shakes in vain has nothing to \
                  open, so that there are fewer to be opened without protection."
            .into(),
        legend: SIDES.into(),
        panels: vec![
            Panel {
                title: "opened in time, of a hundred".into(),
                svg: shares.svg("Share of opens in time", &shares.ticks(), &in_time),
            },
            Panel {
                title: "opened in time, a second".into(),
                svg: counts.svg("Opens in time a second", &counts.ticks(), &opened),
            },
        ],
    }
}
