//! `/rules`: what methods are held to, and by POST something else for one of them.

use std::sync::Arc;

use super::measure;
use crate::admin::Subject;
use crate::admin::http::{HttpStatus, form};
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::admission::{MethodRules, MethodSeen, Tier};
use crate::rate::Rate;

pub(super) struct Rules(pub(super) Arc<dyn Subject>);

const METHODS: [Column; 10] = [
    Column::left("method"),
    Column::right("rate"),
    Column::right("caller rate"),
    Column::right("calls at once"),
    Column::right("at most"),
    Column::right("handlers under way"),
    Column::right("reserve"),
    Column::left("degraded from"),
    Column::left("refused from"),
    Column::right("last good"),
];

const HOW: &str = "curl -d method=NAME -d rate=200/s changes what calls to come are held to; other fields are caller_rate, running_max, reserve, \
    degraded_from, refused_from (busy, high, critical or none) and last_good (30s, or none). \
    It goes with the process.";

impl Page for Rules {
    fn path(&self) -> &'static str {
        "/rules"
    }

    fn about(&self) -> &'static str {
        "what methods are held to: rates, handlers at most and at least, what they do as load rises"
    }

    fn show(&self) -> Showing<'_> {
        let methods = self.0.rules().methods();
        let rows = methods.iter().filter(|method| method.rules != MethodRules::default()).map(row);
        let caption = "Methods that are held to something of their own";
        let document = Document::new("Rules").table(caption, &METHODS, rows, "None is.").words(HOW);
        Shown::from(document).now()
    }

    fn act<'a>(&'a self, form: &'a [u8]) -> Option<Showing<'a>> {
        let shown = self.change(form).unwrap_or_else(|words| {
            Shown::new(HttpStatus::BAD_REQUEST, Document::new("Nothing was changed").words(words))
        });
        Some(shown.now())
    }
}

impl Rules {
    fn change(&self, form: &[u8]) -> Result<Shown, String> {
        let server = self.0.rules();
        let name = form::field(form, "method").ok_or(HOW)?;
        let mut rules = server.of(&name).map_err(|unknown| unknown.to_string())?;
        let mut is_changed = false;
        for word in MethodRules::WORDS {
            if let Some(text) = form::field(form, word) {
                rules.read(word, &text)?;
                is_changed = true;
            }
        }
        if !is_changed {
            return Err(HOW.into());
        }
        server.hold(&name, rules).map_err(|why| why.to_string())?;
        let methods = server.methods();
        let rows = methods.iter().filter(|method| method.spec.to_string() == name).map(row);
        Ok(Document::new("Changed").table("From now on", &METHODS, rows, "").into())
    }
}

fn row(seen: &MethodSeen) -> Vec<String> {
    let MethodSeen { spec, rules, calls, running } = seen;
    let rate = |rate: Option<Rate>| rate.map_or_else(|| "none".into(), |rate| rate.to_string());
    let tier = |from: Option<Tier>| from.map_or("none", Tier::as_str).to_owned();
    let max = rules.running_max.map_or_else(|| "no limit".into(), |max| max.to_string());
    vec![
        spec.to_string(),
        rate(rules.rate),
        rate(rules.caller_rate),
        calls.to_string(),
        max,
        running.to_string(),
        rules.reserve.to_string(),
        tier(rules.degraded_from),
        tier(rules.refused_from),
        rules.last_good.map_or_else(|| "none".into(), measure::short),
    ]
}
