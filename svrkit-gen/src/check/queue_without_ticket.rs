//! SVK0218: a call of a queued method is answered with one ticket, whatever the load: it neither streams nor is oneway, and there is nothing to degrade or to give again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error(
        "SVK0218",
        "QueueWithoutTicket",
        "`queue` on a method that is oneway, streams, is degraded or has `last-good`",
    ),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let Some(queue) = &method.queued.name else { continue };
        let oneway = method.oneway.map(|span| (span, "is oneway", "nobody is given a ticket"));
        let stream = method.stream.as_ref().map(|stream| (stream.span, "streams", "streams here"));
        let degraded = method.protection.degraded_from.as_ref();
        let degraded = degraded.map(|from| (from.span, "is degraded", "a ticket is what it is"));
        let last_good = method.protection.last_good_ms.as_ref();
        let last_good = last_good.map(|age| (age.span, "has `last-good`", "a ticket is of one request"));
        let Some((span, is, label)) = oneway.or(stream).or(degraded).or(last_good) else { continue };
        let text = format!("{} has `queue` and {is}", quoted(&method.head.name.value));
        found.push(
            Diagnostic::new(RULE.code, queue.span, text)
                .also(span, label)
                .help("a queued method is answered with one ticket, and its handler runs later; `refused-from` goes with it"),
        );
    }
}
