//! `/level`: how loaded the server is, which calls it takes now, and what it has refused.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::admin::Subject;
use crate::admin::http::{HttpStatus, form};
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::admission::{LoadOfRun, Longest, RulesSeen, Seen, Tier};
use crate::config::Measure;
use crate::one_line::one_line;
use crate::priority::Priority;
use crate::trust::Trust;

pub(super) struct Level(pub(super) Arc<dyn Subject>);

impl Page for Level {
    fn path(&self) -> &'static str {
        PATH
    }

    fn about(&self) -> &'static str {
        "load: which calls are taken, how many wait, what was refused"
    }

    fn show(&self) -> Showing<'_> {
        let load = self.0.load();
        let trust = ("importance is believed of", believed(self.0.trust()));
        let document = Document::new("Level").facts(load_facts(load)).facts([trust]);
        let document = match self.0.gate() {
            Some(gate) => document.facts(facts(&gate.seen())),
            None => {
                document.words("The server takes all calls, and lets none wait (server.admission = \"off\").")
            }
        };
        let seen = self.0.rules().seen(Instant::now());
        let document = document.table("Rules, whatever there is to do", &RULES, rules(&seen), "");
        Shown::from(buttons(document, load)).now()
    }

    fn act<'a>(&'a self, form: &'a [u8]) -> Option<Showing<'a>> {
        let load = self.0.load();
        let shown: Shown = match wish(form, load.hold_max()) {
            Ok(Wish::Hold { tier, time, by }) => {
                load.load().hold(tier, time, by);
                Document::new("Held")
                    .facts(load_facts(load))
                    .button_of(PATH, (TIER, LEARNED), "Let go of it")
                    .into()
            }
            Ok(Wish::Release { by }) => {
                load.load().release(by);
                Document::new("Let go").facts(load_facts(load)).into()
            }
            Err(words) => {
                Shown::new(HttpStatus::BAD_REQUEST, Document::new("Nothing was changed").words(words))
            }
        };
        Some(shown.now())
    }
}

const PATH: &str = "/level";

/// The field of a wish that says which tier is to be held, or that none is any more.
const TIER: &str = "tier";

const LEARNED: &str = "learned";

/// Who holds a tier where they do not say.
const SOMEBODY: &str = "the page /level";

/// Most bytes of what they say.
const BY_LEN_MAX: usize = 128;

/// What is wished for by POST.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Hold { tier: Tier, time: Duration, by: String },
    Release { by: String },
}

/// What a form says, of which no tier is held for longer than `max`.
fn wish(form: &[u8], max: Duration) -> Result<Wish, String> {
    const HOW: &str = "curl -d tier=high -d for=10min -d by=NAME holds the load at calm, busy, high or critical, \
        and tier=learned lets go of it.";
    let by = form::field(form, "by").filter(|by| !by.is_empty()).unwrap_or_else(|| SOMEBODY.into());
    let by = one_line(format_args!("{by}"), BY_LEN_MAX);
    let tier = form::field(form, TIER).ok_or(HOW)?;
    if tier == LEARNED {
        return Ok(Wish::Release { by });
    }
    let tier = tier.parse().map_err(|_| HOW)?;
    let time = match form::field(form, "for") {
        None => max,
        Some(time) => Duration::from_nanos(Measure::Time.read(&time).map_err(|_| HOW)?),
    };
    if time > max {
        let max = Measure::Time.show(u64::try_from(max.as_nanos()).unwrap_or(u64::MAX));
        return Err(format!("A tier is held for {max} at most, so that nobody forgets it (tier.hold)."));
    }
    Ok(Wish::Hold { tier, time, by })
}

fn load_facts(load: &LoadOfRun) -> [(&'static str, String); 3] {
    let held = match load.load().held() {
        Some(held) => {
            let since = held.since.elapsed().unwrap_or_default();
            let left = held.time.saturating_sub(since);
            format!("by {}, since {} s ago, for {} s more", held.by, since.as_secs(), left.as_secs())
        }
        None => "no".into(),
    };
    [
        ("load", load.tier().to_string()),
        ("load as learned", load.learned().to_string()),
        ("held by hand", held),
    ]
}

fn believed(trust: Trust) -> String {
    let whom = match trust {
        Trust::Auto => "who has proved who it is, or is on this machine",
        Trust::Entry => "nobody: callers are strangers",
        Trust::Inherit => "everybody",
    };
    format!("{whom} (server.trust = {:?})", trust.as_str())
}

fn buttons(document: Document, load: &LoadOfRun) -> Document {
    let tiers = [Tier::Calm, Tier::Busy, Tier::High, Tier::Critical];
    let document = tiers.into_iter().fold(document, |document, tier| {
        document.button_of(PATH, (TIER, tier), &format!("Hold the load at {tier}"))
    });
    match load.load().held() {
        Some(held) => document.button_of(PATH, (TIER, LEARNED), &format!("Let go of {}", held.tier)),
        None => document,
    }
}

fn facts(seen: &Seen) -> [(&'static str, String); 7] {
    let capacity = match seen.capacity {
        Some(per_s) => format!("{per_s:.0} calls a second"),
        None => "not known: it was never busy".into(),
    };
    [
        ("admission", seen.mode.as_str().into()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_names_a_tier_and_no_longer_time_than_may_be() {
        let hold = |tier, seconds, by: &str| {
            Ok(Wish::Hold { tier, time: Duration::from_secs(seconds), by: by.into() })
        };
        for (form, expected) in [
            ("tier=high", hold(Tier::High, 600, SOMEBODY)),
            ("tier=calm&for=10min&by=the+drill", hold(Tier::Calm, 600, "the drill")),
            ("by=a%0Ab&for=1s&tier=busy", hold(Tier::Busy, 1, r"a\nb")),
            ("tier=learned&by=ops", Ok(Wish::Release { by: "ops".into() })),
        ] {
            assert_eq!(wish(form.as_bytes(), Duration::from_secs(600)), expected, "{form}");
        }
        for form in ["", "tier=", "tier=High", "for=1s", "tier=high&for=5", "tier=high&for=soon"] {
            assert!(wish(form.as_bytes(), Duration::from_secs(600)).is_err(), "{form}");
        }
    }
}
