//! What the services found their load to be, and whom they took.

use super::{Figure, LOW, Panel};
use crate::fleet::Tier;
use crate::report::model::{Night, Run};
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

/// The tiers of load: class and word.
const LOADS: [(&str, &str); 4] =
    [("calm", "calm"), ("busy", "busy"), ("high", "high"), ("critical", "critical")];

/// The classes of calls, from the top of the plot down: where each begins, as class × 256.
const CLASSES: [(f64, &str); 4] =
    [(0.0, "core"), (64.0 * 256.0, "import."), (128.0 * 256.0, "normal"), (192.0 * 256.0, "lossy")];

/// Takes all.
const ALL: f64 = 256.0 * 256.0;

pub(super) fn figure(night: &Night) -> Figure {
    let panels = night.run(true).map(|run| vec![loads(night, run), levels(night, run)]);
    Figure {
        title: "Load, and who is admitted",
        caption: "On the left the tier of each service's load, which its schema speaks of: from high on shakes are answered by a cheaper \
                  handler, under critical load they are refused. On the right the level of the access tier: what is below the line is \
                  refused by its header alone. The services of the run without protection learn neither."
            .into(),
        legend: LOADS.into(),
        panels: panels.unwrap_or_default(),
    }
}

fn loads(night: &Night, run: &Run) -> Panel {
    let frame = Frame::new(&night.setting, night.lasts(), LOW, Scale::Linear(3.0));
    let mut svg = String::new();
    let mut ticks = Vec::new();
    for (row, service) in Tier::ALL.iter().rev().enumerate() {
        let row = row as f64;
        let classes = run.seconds.iter().map(|second| {
            let load = second.services.get(service)?.load;
            LOADS.get(usize::from(load)).map(|(class, _)| *class)
        });
        svg += &marks::band(&frame, (row + 0.15, row + 0.85), classes);
        ticks.push((row + 0.5, service.name().to_owned()));
    }
    Panel {
        title: "tier of load, by service".into(),
        svg: frame.svg("Tier of load over time, by service", &ticks, &svg),
    }
}

fn levels(night: &Night, run: &Run) -> Panel {
    let frame = Frame::new(&night.setting, night.lasts(), LOW, Scale::Linear(ALL));
    let values = run.seconds.iter().map(|second| {
        let level = second.services.get(&Tier::Access)?.level?;
        Some(ALL - f64::from(level))
    });
    let svg = marks::line(&frame, "with", values);
    let ticks = CLASSES.map(|(from, word)| (ALL - from - 32.0 * 256.0, word.to_owned()));
    Panel {
        title: "level of access".into(),
        svg: frame.svg("Level of the access tier over time", &ticks, &svg),
    }
}
