//! The items of a repeated field, read one after the other.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::run::Walk;
use super::{Place, Run, Source};
use crate::wire::tlv::{DecodeError, Encoding, Key, Kind, Plain, Value};

/// Iterates over the items of a repeated field in a view. It ends after an error.
#[derive(Clone)]
pub struct ItemViews<'a, T: Value<E>, E: Encoding = Plain> {
    walk: Walk<'a>,
    /// What follows the packed record that is being read.
    behind: Option<&'a [u8]>,
    source: Source<'a>,
    place: &'static Place,
    index: usize,
    items: PhantomData<fn() -> (T, E)>,
}

impl<'a, T: Value<E>, E: Encoding> ItemViews<'a, T, E> {
    pub(in crate::wire::tlv) fn new(run: &Run<'a>, source: &Source<'a>, place: &'static Place) -> Self {
        Self {
            walk: Walk::new(run, source),
            behind: None,
            source: *source,
            place,
            index: 0,
            items: PhantomData,
        }
    }

    #[inline]
    fn read(&mut self, key: Key) -> Result<T::Seen<'a>, DecodeError> {
        let mut kept = T::Kept::default();
        T::keep(&mut kept, key, &mut self.walk.decoder)?;
        T::see(kept, &self.source)
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) -> DecodeError {
        self.walk.end();
        self.behind = None;
        self.place.around(error.in_item(self.index))
    }
}

impl<'a, T: Value<E>, E: Encoding> Iterator for ItemViews<'a, T, E> {
    type Item = Result<T::Seen<'a>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let is_packable = const { !matches!(T::KIND, Kind::Prefixed) };
        let key = loop {
            if is_packable && let Some(behind) = self.behind {
                if !self.walk.decoder.rest().is_empty() {
                    break Key::new(1, T::KIND);
                }
                self.walk.decoder.go_to(behind);
                self.behind = None;
            }
            let key = self.walk.next(|kind| kind == T::KIND || kind == Kind::Prefixed)?;
            if !is_packable || key.kind() != Kind::Prefixed {
                break key;
            }
            match self.walk.decoder.prefixed() {
                Ok(packed) => {
                    self.behind = Some(self.walk.decoder.rest());
                    self.walk.decoder.go_to(packed);
                }
                Err(error) => return Some(Err(self.fail(error))),
            }
        };
        let read = self.read(key);
        if read.is_ok() {
            self.index += 1;
        }
        Some(read.map_err(|error| self.fail(error)))
    }

    /// Of packed numbers it is known how many there are when they are read.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.walk.left();
        if const { matches!(T::KIND, Kind::Prefixed) } { (0, Some(left)) } else { (0, None) }
    }
}

impl<T: Value<E>, E: Encoding> FusedIterator for ItemViews<'_, T, E> {}

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
