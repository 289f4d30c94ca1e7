//! SVK0220: a queue has the jobs of one method: nothing else says how to read them.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0220", "QueueTwice", "two methods have one queue"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    let mut first_use = HashMap::new();
    for service in &schema.services {
        for method in &service.methods {
            let Some(queue) = &method.queued.name else { continue };
            let name = format!("{}.{}", service.name.full(), method.head.name.value);
            let Some((first, span)) = first_use.get(&queue.value) else {
                first_use.insert(&queue.value, (name, queue.span));
                continue;
            };
            let text = format!("the jobs of queue {} are those of {}", quoted(&queue.value), quoted(first));
            found.push(
                Diagnostic::new(RULE.code, queue.span, text)
                    .also(*span, "first used here")
                    .help("give each method a queue of its own"),
            );
        }
    }
}
