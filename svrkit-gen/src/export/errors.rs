//! Sets of errors, of which protobuf knows nothing: comments that look as the schema does.

use super::Context;
use super::comment::{self, Facts, doc};
use super::page::Page;
use crate::model::{Errors, Reserved};

impl Context<'_> {
    pub(super) fn errors(&self, errors: &Errors, page: &mut Page) {
        doc(&errors.doc, page);
        let mut facts = Facts::default();
        facts.add("name", &errors.name.own).lifecycle(&errors.lifecycle);
        page.line(&format!("// <errors {}>", facts.as_str()));
        for error in &errors.errors {
            let mut facts = Facts::default();
            facts
                .add("name", &error.name.value)
                .add("code", error.code.value.to_string())
                .maybe("status", error.status)
                .maybe("retry", error.retry.as_ref())
                .maybe("detail", error.detail.map(|id| self.schema.message(id).name.full()))
                .lifecycle(&error.lifecycle);
            let text = comment::escaped(&error.doc.split_whitespace().collect::<Vec<_>>().join(" "));
            let end = if text.is_empty() { "/>".to_owned() } else { format!("><doc>{text}</doc></error>") };
            page.line(&format!("//   <error {}{end}", facts.as_str()));
        }
        if let Some(reserved) = reserved(&errors.reserved, "codes") {
            page.line(&format!("//   <reserved {reserved}/>"));
        }
        page.line("// </errors>");
    }
}

/// `ids="3-4" names="Cancel"`, if anything is reserved.
pub(super) fn reserved(reserved: &Reserved, numbers: &str) -> Option<String> {
    let ranges = reserved.ranges().map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}-{to}"),
    });
    let lists = [
        (numbers, ranges.collect::<Vec<_>>().join(" ")),
        ("names", reserved.names().map(|(name, _)| name).collect::<Vec<_>>().join(" ")),
    ];
    let mut facts = Facts::default();
    for (word, list) in lists {
        facts.maybe(word, (!list.is_empty()).then_some(list));
    }
    (!facts.as_str().is_empty()).then(|| facts.as_str().to_owned())
}
