//! What a pool holds: descriptors with their references led to where they lead.

use std::collections::HashMap;

use super::{Scalar, WellKnown};
use crate::descriptor;

/// A place in one of the pool's lists. Made by `link` alone, which knows that it is there.
pub(super) type At = usize;

#[derive(Debug)]
pub(super) struct Message {
    pub(super) source: descriptor::Message,
    /// By their place in the source.
    pub(super) fields: Vec<Field>,
    /// Tags, ascending, with the place of their field.
    pub(super) by_tag: Vec<(u32, At)>,
    /// The fields by their names in the schema and in JSON.
    pub(super) by_name: HashMap<Box<str>, At>,
    pub(super) well_known: Option<WellKnown>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) cardinality: super::Cardinality,
    pub(super) holds: Holds,
}

/// What one value of a field is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holds {
    Scalar(Scalar),
    Message(At),
    Enum(At),
}

#[derive(Debug)]
pub(super) struct Enum {
    pub(super) source: descriptor::Enum,
    /// Numbers, ascending, with the place of the first value that has it.
    pub(super) by_number: Vec<(i32, At)>,
    pub(super) by_name: HashMap<Box<str>, At>,
    pub(super) is_null: bool,
}

#[derive(Debug)]
pub(super) struct Service {
    pub(super) source: descriptor::Service,
    /// By their place in the source: request, and response if there is one.
    pub(super) methods: Vec<(At, Option<At>)>,
}
