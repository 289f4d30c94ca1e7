//! A definition in the words of schemas, for people: a line for each part of it.

use std::fmt::Write as _;

use svrkit_reflect::descriptor::{Enum, ErrorSet, Lifecycle, Method, Queue, Rate, Service, Stream, Tier};
use svrkit_reflect::{MessageDescriptor, Pool};
use svrkit_runtime::Priority;

use crate::types::{constraints_of, type_of};

/// The kit's own come last.
pub(super) const KIT: &str = "svrkit.";

/// The services with their methods, those of the kit last.
pub(super) fn services(pool: &Pool) -> String {
    let mut services: Vec<_> = pool.services().collect();
    services.sort_by_key(|service| (service.name.starts_with(KIT), &service.name));
    let pages: Vec<_> = services.into_iter().map(service).collect();
    pages.join("\n")
}

/// The names of all there is to be described.
pub(super) fn names(pool: &Pool) -> Vec<String> {
    let mut names = Vec::new();
    for service in pool.services() {
        names.push(service.name.clone());
        names.extend(service.methods.iter().map(|method| format!("{}.{}", service.name, method.name)));
    }
    names.extend(pool.messages().map(|message| message.full_name().to_owned()));
    names.extend(pool.enums().map(|it| it.full_name().to_owned()));
    names.extend(pool.error_sets().iter().map(|set| set.name.clone()));
    names
}

/// What one of them is.
pub(super) fn of(pool: &Pool, name: &str) -> String {
    if let Some(found) = pool.service(name) {
        return service(found);
    }
    if let Some(found) = pool.message(name) {
        return message(found);
    }
    if let Some(found) = pool.enumeration(name) {
        return enumeration(found.source());
    }
    if let Some(found) = pool.error_set(name) {
        return error_set(found);
    }
    let method = name.rsplit_once('.').and_then(|(service, method)| pool.method(service, method));
    let Some(method) = method else { return String::new() };
    let source = method.source();
    let mut page = format!("method {}.{}\n", method.service().name, line_of_method(source));
    page.push('\n');
    page.push_str(&message(method.request()));
    if let Some(response) = method.response().filter(|it| it.full_name() != method.request().full_name()) {
        page.push('\n');
        page.push_str(&message(response));
    }
    if let Some(errors) = pool.error_set(&source.error_set) {
        page.push('\n');
        page.push_str(&error_set(errors));
    }
    page
}

fn service(service: &Service) -> String {
    let history = history(service.lifecycle.as_ref());
    let mut page = format!("service {} (id {}){history}{}\n", service.name, service.id, remark(&service.doc));
    for method in &service.methods {
        let _ = writeln!(page, "  {}", line_of_method(method));
    }
    page
}

/// `Place (1): shop.Order -> shop.Receipt, timeout 300ms, idempotent  # Places an order.`
fn line_of_method(method: &Method) -> String {
    let (many_requests, many_answers) = match method.stream {
        Stream::Client => ("stream ", ""),
        Stream::Server => ("", "stream "),
        Stream::Both => ("stream ", "stream "),
        Stream::Unspecified | Stream::Unknown(_) => ("", ""),
    };
    let mut line = format!("{} ({}): {many_requests}{}", method.name, method.id, method.request);
    match method.response.as_str() {
        "" => line.push_str(", oneway"),
        response => {
            let _ = write!(line, " -> {many_answers}{response}");
        }
    }
    if let Some(timeout_ms) = method.timeout_ms {
        let _ = write!(line, ", timeout {}", time(timeout_ms));
    }
    line.push_str(&priority(method.priority));
    line.push_str(&protection(method));
    line.push_str(&queue(method.queue.as_ref()));
    if method.idempotent {
        line.push_str(", idempotent");
    }
    if let Some(age) = method.last_good_ms {
        let _ = write!(line, ", last-good {age} ms");
    }
    if method.blocking {
        line.push_str(", blocking");
    }
    for (word, name) in [("errors", &method.error_set), ("route-key", &method.route_key)] {
        if !name.is_empty() {
            let _ = write!(line, ", {word} {name}");
        }
    }
    line + &history(method.lifecycle.as_ref()) + &remark(&method.doc)
}

/// What it does as load rises, and how much of a server it may take, in the words of the schema.
fn protection(method: &Method) -> String {
    let mut line = String::new();
    for (word, tier) in [("degraded-from", method.degraded_from), ("refused-from", method.refused_from)] {
        let _ = match tier {
            Tier::Unspecified => Ok(()),
            Tier::Busy => write!(line, ", {word} busy"),
            Tier::High => write!(line, ", {word} high"),
            Tier::Critical => write!(line, ", {word} critical"),
            Tier::Unknown(number) => write!(line, ", {word} {number}"),
        };
    }
    for (word, rate) in [("rate", &method.rate), ("caller-rate", &method.caller_rate)] {
        line.push_str(&words_of_rate(word, rate.as_ref()));
    }
    for (word, handlers) in [("running-max", method.running_max), ("reserve", method.reserve)] {
        if handlers > 0 {
            let _ = write!(line, ", {word} {handlers}");
        }
    }
    line
}

/// The queue whose jobs its requests are, and how these are done, in the words of the schema.
fn queue(queue: Option<&Queue>) -> String {
    let Some(queue) = queue else { return String::new() };
    let mut line = format!(", queue {}", queue.name);
    line.push_str(&words_of_rate("queue-rate", queue.rate.as_ref()));
    for (word, number) in [("queue-workers", queue.workers), ("queue-attempts", queue.attempts)] {
        if number > 0 {
            let _ = write!(line, ", {word} {number}");
        }
    }
    if queue.lease_ms > 0 {
        let _ = write!(line, ", queue-lease {}", time(queue.lease_ms));
    }
    line
}

fn time(ms: u64) -> String {
    if ms.is_multiple_of(1_000) { format!("{}s", ms / 1_000) } else { format!("{ms}ms") }
}

fn words_of_rate(word: &str, rate: Option<&Rate>) -> String {
    let Some(rate) = rate else { return String::new() };
    let unit = if rate.seconds == 60 { "min" } else { "s" };
    let burst = if rate.burst > 0 { format!(" burst {}", rate.burst) } else { String::new() };
    format!(", {word} {}/{unit}{burst}", rate.calls)
}

/// By the word of the schema; of the one that all have who name none, nothing.
fn priority(class: u32) -> String {
    let is = |priority: Priority| class == u32::from(priority.class);
    match () {
        () if is(Priority::NORMAL) => String::new(),
        () if is(Priority::CORE) => ", priority core".into(),
        () if is(Priority::IMPORTANT) => ", priority important".into(),
        () if is(Priority::LOSSY) => ", priority lossy".into(),
        () => format!(", priority {class}"),
    }
}

fn message(message: MessageDescriptor<'_>) -> String {
    let source = message.source();
    let history_of_all = history(source.lifecycle.as_ref());
    let mut page = format!("message {}{history_of_all}{}\n", message.full_name(), remark(&source.doc));
    for field in message.fields() {
        let source = field.source();
        let _ = write!(page, "  {} {}: {}", field.tag(), field.name(), type_of(field));
        if let Some(oneof) = field.oneof().and_then(|at| message.oneofs().get(at)) {
            let _ = write!(page, ", of oneof {}", oneof.name);
        }
        if let Some(default) = &source.default {
            let _ = write!(page, ", default {default}");
        }
        page.push_str(&constraints_of(&source.constraints));
        if source.sensitive {
            page.push_str(", sensitive");
        }
        let _ = writeln!(page, "{}{}", history(source.lifecycle.as_ref()), remark(&source.doc));
    }
    page
}

fn enumeration(source: &Enum) -> String {
    let mut page =
        format!("enum {}{}{}\n", source.name, history(source.lifecycle.as_ref()), remark(&source.doc));
    for value in &source.values {
        let history = history(value.lifecycle.as_ref());
        let _ = writeln!(page, "  {} {}{history}{}", value.number, value.name, remark(&value.doc));
    }
    page
}

fn error_set(set: &ErrorSet) -> String {
    let mut page = format!("errors {}{}{}\n", set.name, history(set.lifecycle.as_ref()), remark(&set.doc));
    for error in &set.errors {
        let _ = write!(page, "  {} {}: {}", error.code, error.name, error.status);
        for (word, value) in [("retry", &error.retry), ("detail", &error.detail)] {
            if !value.is_empty() {
                let _ = write!(page, ", {word} {value}");
            }
        }
        let _ = writeln!(page, "{}{}", history(error.lifecycle.as_ref()), remark(&error.doc));
    }
    page
}

/// `, since 2, deprecated: why`; empty where nothing is said.
fn history(lifecycle: Option<&Lifecycle>) -> String {
    let Some(lifecycle) = lifecycle else { return String::new() };
    let mut text = String::new();
    if lifecycle.since != 0 {
        let _ = write!(text, ", since {}", lifecycle.since);
    }
    if !lifecycle.deprecated.is_empty() {
        let _ = write!(text, ", deprecated: {}", lifecycle.deprecated);
    }
    if !lifecycle.replaced_by.is_empty() {
        let _ = write!(text, ", use {}", lifecycle.replaced_by);
    }
    text
}

/// `  # what it is`, on one line; empty where nothing is said.
fn remark(doc: &str) -> String {
    if doc.is_empty() { String::new() } else { format!("  # {}", doc.replace('\n', " ")) }
}
