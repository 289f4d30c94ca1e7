//! SVK0305 `value-case`: the values of enums are in UPPER_CASE.
//!
//! So a value is told from a type and a field wherever its bare name stands: in JSON, in logs, in a `<reserved>`.

use super::{Findings, Subject, case};
use crate::diagnostic::{Diagnostic, quoted};

pub(super) fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for value in subject.schema.enums.iter().flat_map(|enumeration| &enumeration.values) {
        let name = &*value.name.value;
        let upper = case::upper(name);
        if upper != name {
            findings.push(value.name.span, |code| {
                let text = format!("the value {} is not in UPPER_CASE", quoted(name));
                Diagnostic::new(code, value.name.span, text).help(format!("call it {}", quoted(&upper)))
            });
        }
    }
}
