//! SVK0316 `deprecated-use`: what is to stay does not lean on what is to go.
//!
//! A field, a method or an error that is not deprecated keeps in use what is, and with that it can never be removed.
//! Within something deprecated nothing is found: it goes together.

use std::collections::HashMap;

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, Span, Spanned, quoted};
use crate::model::{FieldType, History, Lifecycle, Message, MessageId, Name, Schema};

pub(super) const LINT: Lint = Lint {
    name: "deprecated-use",
    code: Code::warning(
        "SVK0316",
        "DeprecatedUse",
        "something that is not deprecated uses something that is",
    ),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let mut judge = |user: &Spanned<std::rc::Rc<str>>, used: (&Name, &Lifecycle)| {
        let (name, lifecycle) = used;
        let Some(History { deprecated: Some(reason), replaced_by, .. }) = lifecycle.history() else { return };
        findings.push(user.span, |code| {
            let text = format!("{} uses {}, which is deprecated", quoted(&user.value), quoted(&name.short()));
            let help = match replaced_by {
                Some(better) => format!("use {} instead", quoted(&better.value)),
                None => format!("the reason given is: {}", quoted(&reason.value)),
            };
            Diagnostic::new(code, user.span, text).also(reason.span, "deprecated here").help(help)
        });
    };
    let message = |id: MessageId| {
        let message = schema.message(id);
        (&message.name, &message.lifecycle)
    };
    let is_staying = |lifecycle: &Lifecycle| lifecycle.deprecated().is_none();

    for user in staying_messages(schema) {
        for field in user.fields.iter().filter(|field| is_staying(&field.head.lifecycle)) {
            if field.oneof.is_some_and(|oneof| !is_staying(&user.oneofs[oneof].lifecycle)) {
                continue;
            }
            match field.kind {
                FieldType::Message(id) => judge(&field.head.name, message(id)),
                FieldType::Enum(id) => {
                    let used = schema.enumeration(id);
                    judge(&field.head.name, (&used.name, &used.lifecycle));
                }
                FieldType::Scalar(_) => {}
            }
        }
    }
    for errors in schema.errors.iter().filter(|errors| is_staying(&errors.lifecycle)) {
        for error in errors.errors.iter().filter(|error| is_staying(&error.lifecycle)) {
            if let Some(detail) = error.detail {
                judge(&error.name, message(detail));
            }
        }
    }
    for service in schema.services.iter().filter(|service| is_staying(&service.lifecycle)) {
        for method in service.methods.iter().filter(|method| is_staying(&method.head.lifecycle)) {
            judge(&method.head.name, message(method.request));
            if let Some(response) = method.response {
                judge(&method.head.name, message(response));
            }
            if let Some(errors) = &method.errors {
                let used = schema.errors(errors.value);
                judge(&method.head.name, (&used.name, &used.lifecycle));
            }
        }
    }
}

/// The messages that are neither deprecated nor nested in one that is.
fn staying_messages(schema: &Schema) -> impl Iterator<Item = &Message> {
    let by_name: HashMap<Span, &Message> =
        schema.messages.iter().map(|message| (message.name.span, message)).collect();
    schema.messages.iter().filter(move |message| {
        let around = |message: &&Message| by_name.get(&message.name.around_span?).copied();
        let mut chain = std::iter::successors(Some(*message), around);
        chain.all(|message| message.lifecycle.deprecated().is_none())
    })
}
