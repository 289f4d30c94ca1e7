//! The items of a repeated field, read one after the other.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::run::Walk;
use super::{ItemPlace, Place, Run, Source};
use crate::wire::tlv::{DecodeError, Encoding, Kind, Plain, Value};

/// Iterates over the items of a repeated field in a view. It ends after an error.
pub struct ItemViews<'a, T: Value<E>, E: Encoding = Plain> {
    walk: Walk<'a>,
    /// What is left of the packed record that is being read.
    packed: &'a [u8],
    source: Source<'a>,
    place: &'static Place,
    index: usize,
    items: PhantomData<fn() -> (T, E)>,
}

impl<'a, T: Value<E>, E: Encoding> ItemViews<'a, T, E> {
    pub(in crate::wire::tlv) fn new(run: &Run<'a>, source: &Source<'a>, place: &'static Place) -> Self {
        Self { walk: Walk::new(run), packed: &[], source: *source, place, index: 0, items: PhantomData }
    }

    /// An item of the packed record.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next_packed(&mut self) -> Result<T::Seen<'a>, DecodeError> {
        let read = T::unpack(self.packed).map_err(|kind| self.source.error(self.packed, kind));
        let seen = read.and_then(|(kept, rest)| {
            self.packed = rest;
            T::see(kept, &self.source)
        });
        self.index += 1;
        seen.map_err(|error| {
            self.packed = &[];
            self.item_place().end(&mut self.walk.rest, error)
        })
    }

    #[inline]
    fn item_place(&self) -> ItemPlace {
        ItemPlace { place: self.place, index: self.index - 1 }
    }
}

impl<'a, T: Value<E>, E: Encoding> Iterator for ItemViews<'a, T, E> {
    type Item = Result<T::Seen<'a>, DecodeError>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next(&mut self) -> Option<Self::Item> {
        let is_packable = const { !matches!(T::KIND, Kind::Prefixed) };
        loop {
            if is_packable && !self.packed.is_empty() {
                return Some(self.next_packed());
            }
            let key = self.walk.next(|kind| kind == T::KIND || kind == Kind::Prefixed)?;
            if !is_packable || key.kind() != Kind::Prefixed {
                break;
            }
            // Its length was read when the view was made.
            self.packed = self.source.prefixed(&mut self.walk.rest).unwrap_or_default();
        }
        self.index += 1;
        let place = self.item_place();
        T::see_next(&mut self.walk.rest, &self.source, place)
    }

    /// Of packed numbers it is known how many there are when they are read.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.walk.left();
        if const { matches!(T::KIND, Kind::Prefixed) } { (0, Some(left)) } else { (0, None) }
    }
}

impl<T: Value<E>, E: Encoding> FusedIterator for ItemViews<'_, T, E> {}

/// Whether or not the items can be cloned.
impl<T: Value<E>, E: Encoding> Clone for ItemViews<'_, T, E> {
    fn clone(&self) -> Self {
        Self { walk: self.walk.clone(), ..*self }
    }
}

/// Without the bytes: they may hold what is sensitive.
impl<T: Value<E>, E: Encoding> fmt::Debug for ItemViews<'_, T, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ItemViews")
            .field("field", &self.place.field)
            .field("index", &self.index)
            .field("records_left", &self.walk.left())
            .finish_non_exhaustive()
    }
}
