//! The facts of the schema that a reader of the docs should know, in one line: `Tag 1; at most 200 bytes; sensitive.`
//!
//! What is as everywhere is not said, nor what the type or an attribute beside it says already.

use super::accessor;
use super::context::Context;
use super::service::Flow;
use crate::constraint::{Constraint, Subject};
use crate::model::{Error, Field, Method, Oneof, PRIORITY_DEFAULT, Protection, Queued};

/// What holds for a field, a map or a member of a oneof.
pub(super) fn of_field(field: &Field, context: Context<'_>) -> Vec<String> {
    let default = field.default.as_ref().map(|default| {
        let default = accessor::shown(&default.value, field.kind, context);
        format!("`{default}` if absent")
    });
    let sensitive = field.is_sensitive.then(|| "sensitive".to_owned());
    let constraints = of_constraints(&field.constraints, &field.subject());
    default.into_iter().chain(constraints).chain(sensitive).collect()
}

/// What holds for a oneof as a whole.
pub(super) fn of_oneof(oneof: &Oneof) -> Vec<String> {
    of_constraints(&oneof.constraints, &oneof.subject())
}

/// What a caller gets to see of an error besides its code.
pub(super) fn of_error(error: &Error) -> Vec<String> {
    let status = format!("`{}`", error.status.unwrap_or(ERROR_STATUS_DEFAULT));
    let retry = error.retry.as_deref().map(|retry| match retry {
        "never" => "never retry".to_owned(),
        elsewhere_or_after => format!("retry {elsewhere_or_after}"),
    });
    std::iter::once(status).chain(retry).collect()
}

/// What callers and servers of a method have to expect.
pub(super) fn of_method(method: &Method) -> Vec<String> {
    let flow = match Flow::of(method) {
        Flow::Unary => None,
        Flow::Oneway => Some("oneway".to_owned()),
        Flow::Server => Some("streams answers".to_owned()),
        Flow::Client => Some("streams requests".to_owned()),
        Flow::Both => Some("streams requests and answers".to_owned()),
    };
    let timeout = method.timeout_ms.map(|timeout_ms| format!("takes at most {}", time(timeout_ms)));
    let idempotent = method.idempotent.then(|| "may be repeated".to_owned());
    let priority = (method.priority != PRIORITY_DEFAULT).then(|| format!("priority {}", method.priority));
    let route_key = method.route_key.as_ref().map(|field| format!("routed by `{}`", field.value));
    let blocking = method.blocking.map(|_| "runs on the blocking pool".to_owned());
    let facts = [flow, timeout, idempotent, priority, route_key, blocking].into_iter().flatten();
    facts.chain(of_queue(&method.queued)).chain(of_protection(&method.protection)).collect()
}

/// That requests are done later, and how.
fn of_queue(queued: &Queued) -> impl Iterator<Item = String> {
    let Queued { name, rate, workers, attempts, lease_ms } = queued;
    let name = name.as_ref().map(|name| format!("done later, by queue `{}`", name.value));
    let rate = rate.as_ref().map(|rate| format!("jobs at {}", rate.value));
    let workers = workers.as_ref().map(|workers| format!("{} jobs at once", workers.value));
    let attempts = attempts.as_ref().map(|attempts| format!("{} attempts", attempts.value));
    let lease = lease_ms.as_ref().map(|lease_ms| format!("{} an attempt", time(lease_ms.value)));
    [name, rate, workers, attempts, lease].into_iter().flatten()
}

/// What a method does as load rises, and how much of a server it may take.
fn of_protection(protection: &Protection) -> impl Iterator<Item = String> {
    let Protection { degraded_from, refused_from, rate, caller_rate, running_max, reserve, last_good_ms } =
        protection;
    let degraded = degraded_from.as_ref().map(|from| format!("degraded under {} load", from.value.word()));
    let refused = refused_from.as_ref().map(|from| format!("refused under {} load", from.value.word()));
    let rate = rate.as_ref().map(|rate| format!("at most {}", rate.value));
    let caller_rate = caller_rate.as_ref().map(|rate| format!("at most {} of one caller", rate.value));
    let running_max = running_max.as_ref().map(|max| format!("at most {} handlers", max.value));
    let reserve = reserve.as_ref().map(|places| format!("{} places of its own", places.value));
    let last_good = last_good_ms
        .as_ref()
        .map(|age| format!("under load its callers may take answers up to {} old", time(age.value)));
    [degraded, refused, rate, caller_rate, running_max, reserve, last_good].into_iter().flatten()
}

fn time(ms: u64) -> String {
    if ms.is_multiple_of(1_000) { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

/// The status of an error that names none; `svrkit_macros` has the same.
const ERROR_STATUS_DEFAULT: &str = "FAILED_PRECONDITION";

fn of_constraints(constraints: &[Constraint], subject: &Subject) -> Vec<String> {
    constraints.iter().map(|constraint| (constraint.rule.words)(constraint.operand, subject)).collect()
}
