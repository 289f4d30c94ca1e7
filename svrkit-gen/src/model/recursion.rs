//! Which fields need a `Box`: those through which a message contains itself, and those that hold a large one.
//!
//! Repeated fields allocate anyway, so only single ones count. Without the second rule a chain of messages that each
//! hold two of the next one is twice as large at each step. Sizes are estimates from the schema alone: what is boxed
//! is part of the generated interface and must not depend on a compiler or a machine.

use super::{Field, FieldType, Message, MessageId};
use crate::components::components;

/// Messages estimated at more bytes than this stand in a `Box`.
const INLINE_SIZE_MAX: u64 = 1_024;

/// A `Vec`, a map, or the records of unknown tags.
const LIST_SIZE: u64 = 24;

/// A `Box`, an enum, or the mark of an `Option`.
const WORD_SIZE: u64 = 8;

/// Sets `boxed` on the fields that need it.
pub(super) fn mark_boxed(messages: &mut [Message]) {
    let mut edges: Vec<Vec<usize>> = Vec::with_capacity(messages.len());
    for message in messages.iter() {
        edges.push(message.fields.iter().filter_map(Field::single_message).map(|id| id.0).collect());
    }
    let component = components(&edges);
    let mut order: Vec<usize> = (0..messages.len()).collect();
    // What a message contains comes before it.
    order.sort_by_key(|at| component[*at]);
    let mut sizes = vec![0_u64; messages.len()];
    for at in order {
        let mut size = LIST_SIZE;
        let Message { fields, oneofs, .. } = &mut messages[at];
        // A choice is as large as its largest member.
        let mut choices = vec![0_u64; oneofs.len()];
        for field in fields {
            if let Some(MessageId(target)) = field.single_message() {
                field.boxed = component[target] == component[at] || INLINE_SIZE_MAX < sizes[target];
            }
            let field_size = field_size(field, &sizes);
            match field.oneof.and_then(|oneof| choices.get_mut(oneof)) {
                Some(choice) => *choice = (*choice).max(field_size + WORD_SIZE),
                None => size = size.saturating_add(field_size),
            }
        }
        size = choices.into_iter().fold(size, u64::saturating_add);
        sizes[at] = size;
    }
}

fn field_size(field: &Field, sizes: &[u64]) -> u64 {
    if field.is_many() {
        return LIST_SIZE;
    }
    let size = match field.kind {
        FieldType::Scalar(scalar) => scalar.size,
        FieldType::Enum(_) => WORD_SIZE,
        FieldType::Message(_) if field.boxed => return WORD_SIZE,
        FieldType::Message(MessageId(target)) => return sizes[target] + WORD_SIZE,
    };
    if field.optional.is_some() { size + WORD_SIZE } else { size }
}
