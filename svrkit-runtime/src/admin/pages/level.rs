//! `/level`: how loaded the server is, which calls it takes now, and what it has refused.

use std::sync::Arc;

use tokio::time::Instant;

use crate::admin::Subject;
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::admission::{Longest, RulesSeen, Seen};
use crate::config::Measure;
use crate::priority::Priority;

pub(super) struct Level(pub(super) Arc<dyn Subject>);

impl Page for Level {
    fn path(&self) -> &'static str {
        "/level"
    }

    fn about(&self) -> &'static str {
        "load: which calls are taken, how many wait, what was refused"
    }

    fn show(&self) -> Showing<'_> {
        let document = Document::new("Level");
        let document = match self.0.gate() {
            Some(gate) => document.facts(facts(&gate.seen())),
            None => {
                document.words("The server takes all calls, and lets none wait (server.admission = \"off\").")
            }
        };
        let seen = self.0.rules().seen(Instant::now());
        let document = document.table("Rules, whatever there is to do", &RULES, rules(&seen), "");
        Shown::from(document).now()
    }
}

fn facts(seen: &Seen) -> [(&'static str, String); 8] {
    let capacity = match seen.capacity {
        Some(per_s) => format!("{per_s:.0} calls a second"),
        None => "not known: it was never busy".into(),
    };
    [
        ("admission", seen.mode.as_str().into()),
        ("load", seen.tier.to_string()),
        ("admitted", admitted(seen.admitted)),
        ("waiting", format!("{} of {}", seen.queued, seen.queue_bound)),
        ("handlers under way", format!("{} of {}", seen.running, seen.limit)),
        ("capacity", capacity),
        ("refused by the level", seen.refused_by_level.to_string()),
        ("refused by the queue", seen.refused_by_queue.to_string()),
    ]
}

const RULES: [Column; 4] =
    [Column::left("rule"), Column::left("mode"), Column::right("refused"), Column::left("now")];

fn rules(seen: &RulesSeen) -> [Vec<String>; 4] {
    let [held, max] = [seen.held, seen.held_max].map(|bytes| Measure::Size.show(bytes as u64));
    let longest = match seen.longest {
        Some(Longest { spec, takes }) => format!("{spec} takes longest: {} ms", takes.as_millis()),
        None => "no method is known to take long".into(),
    };
    [
        vec!["usual time".into(), seen.usual_time.to_string(), seen.refused_by_time.to_string(), longest],
        vec![
            "rates".into(),
            seen.rates.to_string(),
            seen.refused_by_rate.to_string(),
            format!("{} callers forgotten for others", seen.callers_forgotten),
        ],
        vec![
            "bulkheads".into(),
            seen.bulkheads.to_string(),
            seen.refused_by_bulkhead.to_string(),
            String::new(),
        ],
        vec![
            "memory".into(),
            seen.memory.to_string(),
            seen.refused_by_memory.to_string(),
            format!("{held} of {max}"),
        ],
    ]
}

fn admitted(least: Priority) -> String {
    match least {
        Priority { class: u8::MAX, rank: u8::MAX } => "all".into(),
        Priority { class, rank } => format!("class {class} and rank {rank}, and what is more important"),
    }
}
