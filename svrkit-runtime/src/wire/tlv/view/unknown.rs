//! Records that a view has no field for.

use std::fmt;

use super::Source;
use super::source::Parts;
use crate::wire::tlv::{Record, Records, Shape};

/// Iterates over the unknown records of a view, in the order of the wire.
#[derive(Clone)]
pub struct UnknownViews<'a> {
    records: Records<'a>,
    parts: Parts<'a>,
    shape: &'static Shape,
}

impl<'a> UnknownViews<'a> {
    pub(super) fn new(source: &Source<'a>, shape: &'static Shape) -> Self {
        Self { records: Records::new(&[]), parts: source.parts(), shape }
    }
}

impl<'a> Iterator for UnknownViews<'a> {
    /// [`offset`](Record::offset) counts from the start of the part of the message that the record is in.
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            // They were read when the view was made: no error can come.
            match self.records.next() {
                Some(Ok(record)) if self.shape.has(record.tag, record.kind) => {}
                Some(record) => return record.ok(),
                None => self.records = Records::new(self.parts.next()?),
            }
        }
    }
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for UnknownViews<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.clone().map(|record| record.tag)).finish()
    }
}
