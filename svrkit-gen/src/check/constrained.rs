//! Everything that has constraints: what the rules about constraints go through.

use crate::constraint::{Constraint, Subject};
use crate::model::Schema;

pub(super) struct Constrained<'a> {
    pub(super) name: &'a str,
    pub(super) subject: Subject,
    pub(super) constraints: &'a [Constraint],
}

/// Fields, maps and oneofs with constraints.
pub(super) fn constrained(schema: &Schema) -> impl Iterator<Item = Constrained<'_>> {
    let all = schema.messages.iter().flat_map(|message| {
        let fields = message.fields.iter().map(|field| Constrained {
            name: &field.head.name.value,
            subject: field.subject(),
            constraints: &field.constraints,
        });
        let oneofs = message.oneofs.iter().map(|oneof| Constrained {
            name: &oneof.name.own,
            subject: oneof.subject(),
            constraints: &oneof.constraints,
        });
        fields.chain(oneofs)
    });
    all.filter(|it| !it.constraints.is_empty())
}
