//! What a view keeps of a oneof: where the member is that was set last.

use super::run::Walk;
use super::{Place, Run, Source};
use crate::wire::tlv::{DecodeError, Decoder, FieldForm, FieldShape, Key, TlvOneof, ValueForm};

/// The records of the member that is set, if one is. For derived views.
#[derive(Clone, Copy, Debug, Default)]
#[doc(hidden)]
pub struct MemberPart<'a> {
    /// All records of the member since it was set: a message is merged from them.
    run: Run<'a>,
    /// From the value of the last one on.
    last: &'a [u8],
}

impl<'a> MemberPart<'a> {
    /// The record of `key`, whose value is next in `decoder`, sets its member, one of `members`.
    ///
    /// # Errors
    ///
    /// As [`Decoder::skip`], and records that are scattered: see [`View`](super::View).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn keep(
        &mut self,
        key: Key,
        decoder: &mut Decoder<'a>,
        members: &'static [FieldShape],
    ) -> Result<(), DecodeError> {
        self.last = decoder.rest();
        // Only a message is merged from several records.
        if self.run.key != key || self.run.len > 0 && !is_message(key, members) {
            self.run = Run::default();
        }
        self.run.keep(key, decoder).map_err(|error| in_member(error, key, members))
    }

    #[inline]
    pub(in crate::wire::tlv) fn see<T: TlvOneof>(
        &self,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Result<Option<T::View<'a>>, DecodeError> {
        if self.run.len == 0 {
            return Ok(None);
        }
        T::see_member(self, source).map_err(|error| place.around(error))
    }

    /// Decodes the member that is set. For oneofs without a view.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    pub fn decode<T: TlvOneof>(&self, source: &Source<'a>) -> Result<Option<T>, DecodeError> {
        let mut place = None;
        let mut walk = Walk::new(&self.run);
        // One budget for all records.
        let mut decoder = source.decoder(&[]);
        while let Some(key) = walk.next(|kind| kind == self.run.key.kind()) {
            decoder.go_to(walk.rest);
            T::merge_member(&mut place, key, &mut decoder)?;
            walk.rest = decoder.rest();
        }
        Ok(place)
    }

    /// The key of the member that is set.
    #[inline]
    pub fn key(&self) -> Key {
        self.run.key
    }

    /// Its records.
    #[inline]
    pub fn run(&self) -> Run<'a> {
        self.run
    }

    /// What stands behind the key of the last of its records.
    #[inline]
    pub fn last(&self) -> &'a [u8] {
        self.last
    }
}

fn member(key: Key, members: &'static [FieldShape]) -> Option<&'static FieldShape> {
    members.iter().find(|member| member.tag == key.tag())
}

fn is_message(key: Key, members: &'static [FieldShape]) -> bool {
    member(key, members).is_some_and(|member| matches!(member.form, FieldForm::One(ValueForm::Message(_))))
}

/// The same error, seen from the oneof.
#[cold]
fn in_member(error: DecodeError, key: Key, members: &'static [FieldShape]) -> DecodeError {
    match member(key, members) {
        Some(member) if member.sensitive => error.withhold().in_field(member.name),
        Some(member) => error.in_field(member.name),
        None => error,
    }
}
