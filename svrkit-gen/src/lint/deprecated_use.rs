//! SVK0316 `deprecated-use`: what is to stay does not lean on what is to go.
//!
//! A field, a method or an error that is not deprecated keeps in use what is, and with that it can never be removed.
//! What stands in a deprecated message goes with it: its use is found as that of the message is, and within it nothing is.

use std::collections::HashMap;
use std::rc::Rc;

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
    let nesting = Nesting::of(schema);
    let mut judge = |user: &Spanned<Rc<str>>, (name, lifecycle): (&Name, &Lifecycle)| {
        let Some((going, lifecycle)) = nesting.deprecated(name, lifecycle) else { return };
        let Some(History { deprecated: Some(reason), replaced_by, .. }) = lifecycle.history() else { return };
        findings.push(user.span, |code| {
            let is_itself = going.span == name.span;
            let why = match is_itself {
                true => "is deprecated".to_owned(),
                false => format!("stands in {}, which is deprecated", quoted(&going.short())),
            };
            let text = format!("{} uses {}, which {why}", quoted(&user.value), quoted(&name.short()));
            let help = match replaced_by {
                Some(better) if is_itself => format!("use {} instead", quoted(&better.value)),
                Some(better) => format!("look for another in {}", quoted(&better.value)),
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

    let staying = schema.messages.iter().filter(|it| nesting.deprecated(&it.name, &it.lifecycle).is_none());
    for user in staying {
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

/// The messages by the places of their names, as what is nested in them knows them.
struct Nesting<'s>(HashMap<Span, &'s Message>);

impl<'s> Nesting<'s> {
    fn of(schema: &'s Schema) -> Self {
        Self(schema.messages.iter().map(|message| (message.name.span, message)).collect())
    }

    /// What is deprecated: the definition itself, or else the innermost message around it that is.
    fn deprecated<'a>(&self, name: &'a Name, lifecycle: &'a Lifecycle) -> Option<(&'a Name, &'a Lifecycle)>
    where
        's: 'a,
    {
        let around = |(name, _): &(&'a Name, &'a Lifecycle)| {
            let message: &'s Message = self.0.get(&name.around_span?)?;
            Some((&message.name, &message.lifecycle))
        };
        let mut chain = std::iter::successors(Some((name, lifecycle)), around);
        chain.find(|(_, lifecycle)| lifecycle.deprecated().is_some())
    }
}
