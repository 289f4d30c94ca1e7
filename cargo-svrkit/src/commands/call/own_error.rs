//! What the service's own errors say of a call that was not answered.

use std::fmt::Write as _;

use svrkit_reflect::{MethodDescriptor, json};
use svrkit_runtime::Status;

use crate::server::refusal;

/// With the name, the text and the detail of the error that the service has under its number.
pub(super) fn of_method(status: &Status, method: MethodDescriptor<'_>) -> String {
    let mut text = refusal(status);
    let pool = method.request().pool();
    let number = status.facts().error_code;
    let set = pool.error_set(&method.source().error_set);
    let Some(error) = set.and_then(|set| set.errors.iter().find(|error| error.code == number)) else {
        return text;
    };
    let (set, name) = (&method.source().error_set, &error.name);
    let _ = write!(text, "  {set}.{name} ({number})");
    if !error.doc.is_empty() {
        let _ = write!(text, ": {}", error.doc.replace('\n', " "));
    }
    text.push('\n');
    if !error.detail.is_empty() && !status.detail().is_empty() {
        let detail = json::write(pool, &error.detail, status.detail(), &json::Options::default());
        let detail = detail.unwrap_or_else(|error| format!("cannot be shown: {error}"));
        let _ = writeln!(text, "  {}: {detail}", error.detail);
    }
    text
}
