//! SVK0211: nothing comes back from a oneway method: no response, no errors, no stream.
//!
//! Of the other facts none contradicts it: `timeout` is how long the handler may take, and `idempotent` says what a
//! second call does, whoever makes it.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0211", "OnewayAnswer", "a oneway method promises an answer"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let Some(oneway) = method.oneway else { continue };
        let response = method.response.map(|_| ("response", None));
        let errors = method.errors.as_ref().map(|it| ("errors", Some((it.span, "these come back"))));
        let stream =
            method.stream.as_ref().map(|it| ("stream", Some((it.span, "a stream ends with an answer"))));
        let promised: Vec<_> = [response, errors, stream].into_iter().flatten().collect();
        if promised.is_empty() {
            continue;
        }
        let words: Vec<_> = promised.iter().map(|(word, _)| *word).collect();
        let words = format!("`{}`", words.join("` `"));
        let text = format!("{} is oneway and has {words}", quoted(&method.head.name.value));
        let finding = Diagnostic::new(RULE.code, oneway, text);
        let places = promised.iter().filter_map(|(_, place)| *place);
        let finding = places.fold(finding, |finding, (span, label)| finding.also(span, label));
        found.push(
            finding.help(format!("nothing comes back from a oneway method: drop {words}, or `oneway`")),
        );
    }
}
