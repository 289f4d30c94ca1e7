//! What was refused, by cause.

use std::collections::BTreeMap;

use super::{Figure, Panel, TALL};
use crate::fleet::Tier;
use crate::report::model::{Ask, Night, Outcome, Run};
use crate::report::plot::frame::{Frame, Scale};
use crate::report::plot::marks;

/// The causes that have a colour of their own; all others share one.
const CAUSES: [(&str, &str); 5] = [
    ("tier", "tier"),
    ("level", "level"),
    ("queue", "queue"),
    ("deadline", "deadline"),
    ("blocked", "blocked"),
];
const OTHERS: (&str, &str) = ("others", "other causes");
/// What never reached a service.
const KEPT: (&str, &str) = ("kept", "not sent: by the client");

pub(super) fn figure(night: &Night) -> Figure {
    let legend = CAUSES.into_iter().chain([OTHERS, KEPT]);
    let panel =
        |run: &Run| Panel { title: "refused at the access tier, a second".into(), svg: plot(night, run) };
    Figure {
        title: "Why calls were refused",
        caption: "The cause is in each refusal, for its caller, the log and the metrics: the tier of the load, which the schema speaks of; \
                  the level, by the call's header alone; the queue, which is bounded by time; too little time left; a caller that is \
                  blocked. What a client knows to be refused it does not send."
            .into(),
        legend: legend.collect(),
        panels: night.run(true).map(panel).into_iter().collect(),
    }
}

fn plot(night: &Night, run: &Run) -> String {
    let causes = run.seconds.iter().map(|second| {
        let mut causes: BTreeMap<&str, f64> = BTreeMap::new();
        let refused = second.services.get(&Tier::Access).map(|reading| &reading.refused);
        for (cause, count) in refused.into_iter().flatten() {
            let known = CAUSES.into_iter().find(|(_, word)| word == cause).unwrap_or(OTHERS);
            *causes.entry(known.0).or_default() += *count as f64;
        }
        let kept = Ask::ALL.iter().map(|ask| second.of(*ask, Outcome::Kept)).sum::<u64>();
        causes.insert(KEPT.0, kept as f64);
        causes
    });
    let causes: Vec<_> = causes.collect();
    let most = causes.iter().map(|causes| causes.values().sum::<f64>()).fold(0.0, f64::max);
    let frame = Frame::new(&night.setting, night.lasts(), TALL, Scale::up_to(most));
    let layers: Vec<_> = CAUSES
        .into_iter()
        .chain([OTHERS, KEPT])
        .map(|(class, _)| {
            (class, causes.iter().map(|at| at.get(class).copied().unwrap_or_default()).collect())
        })
        .collect();
    frame.svg("Refusals a second, by cause", &frame.ticks(), &marks::stack(&frame, &layers))
}
