//! SVK0219: how jobs are done is said of methods that have some.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Queued, Schema};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0219", "QueueWordWithoutQueue", "a word of queues on a method without `queue`"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let Queued { name: None, rate, workers, attempts, lease_ms } = &method.queued else { continue };
        let words = [
            ("queue-rate", rate.as_ref().map(|it| it.span)),
            ("queue-workers", workers.as_ref().map(|it| it.span)),
            ("queue-attempts", attempts.as_ref().map(|it| it.span)),
            ("queue-lease", lease_ms.as_ref().map(|it| it.span)),
        ];
        // One is enough to see what is missing.
        let Some((word, span)) = words.into_iter().find_map(|(word, span)| Some((word, span?))) else {
            continue;
        };
        let text = format!("{} has `{word}` and no `queue`", quoted(&method.head.name.value));
        let help = "name the queue whose jobs its requests are, as in `queue=\"credits\"`";
        found.push(Diagnostic::new(RULE.code, span, text).help(help));
    }
}
