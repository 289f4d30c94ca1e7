//! Services: calls as `rpc` lines, and how they are made in comments.

use super::Context;
use super::comment::{Facts, doc};
use super::errors::reserved;
use super::page::Page;
use super::well_known;
use crate::model::{Method, PRIORITY_DEFAULT, Service, Stream};

impl Context<'_> {
    pub(super) fn service(&self, service: &Service, page: &mut Page) {
        let scope = service.name.full();
        doc(&service.doc, page);
        Facts::default().add("id", service.id.to_string()).lifecycle(&service.lifecycle).write(page);
        page.block(&format!("service {}", service.name.own), |page| {
            if service.lifecycle.deprecated().is_some() {
                page.line("option deprecated = true;");
            }
            for method in &service.methods {
                page.gap();
                self.method(method, &scope, page);
            }
            if let Some(reserved) = reserved(&service.reserved, "ids") {
                page.gap();
                page.line(&format!("// svrkit: <reserved {reserved}/>"));
            }
        });
    }

    fn method(&self, method: &Method, scope: &str, page: &mut Page) {
        let (head, protection, queued) = (&method.head, &method.protection, &method.queued);
        doc(&head.doc, page);
        let errors = method.errors.as_ref().map(|errors| self.schema.errors(errors.value).name.full());
        Facts::default()
            .add("id", head.id.value.to_string())
            .maybe("errors", errors)
            .maybe("timeout", method.timeout_ms.map(timeout))
            .maybe("priority", (method.priority != PRIORITY_DEFAULT).then(|| method.priority.to_string()))
            .maybe("degraded-from", protection.degraded_from.as_ref().map(|from| from.value.word()))
            .maybe("refused-from", protection.refused_from.as_ref().map(|from| from.value.word()))
            .maybe("rate", protection.rate.as_ref().map(|rate| rate.value.to_string()))
            .maybe("caller-rate", protection.caller_rate.as_ref().map(|rate| rate.value.to_string()))
            .maybe("running-max", protection.running_max.as_ref().map(|max| max.value.to_string()))
            .maybe("reserve", protection.reserve.as_ref().map(|places| places.value.to_string()))
            .maybe("queue", queued.name.as_ref().map(|name| &name.value))
            .maybe("queue-rate", queued.rate.as_ref().map(|rate| rate.value.to_string()))
            .maybe("queue-workers", queued.workers.as_ref().map(|workers| workers.value.to_string()))
            .maybe("queue-attempts", queued.attempts.as_ref().map(|attempts| attempts.value.to_string()))
            .maybe("queue-lease", queued.lease_ms.as_ref().map(|lease_ms| timeout(lease_ms.value)))
            .maybe("last-good", protection.last_good_ms.as_ref().map(|age| timeout(age.value)))
            .flag("oneway", method.oneway.is_some())
            .flag("blocking", method.blocking.is_some())
            .maybe("route-key", method.route_key.as_ref().map(|field| &field.value))
            .lifecycle(&head.lifecycle)
            .write(page);
        let stream = method.stream.as_ref().map(|stream| stream.value);
        let many = |is_many: bool| if is_many { "stream " } else { "" };
        let request = self.reference(&self.schema.message(method.request).name, scope);
        let response = match method.response {
            Some(id) => self.reference(&self.schema.message(id).name, scope),
            None => self.outside(&well_known::empty().name, scope),
        };
        let rpc = format!(
            "rpc {}({}{request}) returns ({}{response})",
            head.name.value,
            many(matches!(stream, Some(Stream::Client | Stream::Both))),
            many(matches!(stream, Some(Stream::Server | Stream::Both))),
        );
        let deprecated = head.lifecycle.deprecated().map(|_| "option deprecated = true;");
        let idempotent = method.idempotent.then_some("option idempotency_level = IDEMPOTENT;");
        let options: Vec<_> = [deprecated, idempotent].into_iter().flatten().collect();
        match &options[..] {
            [] => page.line(&format!("{rpc};")),
            options => page.block(&rpc, |page| options.iter().for_each(|option| page.line(option))),
        }
    }
}

/// As a schema writes it: `300ms`, `5s`, `2min`.
fn timeout(ms: u64) -> String {
    let units = [(60_000, "min"), (1_000, "s")];
    match units.into_iter().find(|(unit_ms, _)| ms.is_multiple_of(*unit_ms)) {
        Some((unit_ms, unit)) => format!("{}{unit}", ms / unit_ms),
        None => format!("{ms}ms"),
    }
}
