//! The entries of a map, read one after the other.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::run::Walk;
use super::{ItemPlace, Place, Run, Source};
use crate::wire::tlv::{DecodeError, Encoding, Key, Kind, MapKey, Plain, Value};

/// Iterates over the entries of a map in a view, in the order of the wire. It ends after an error.
///
/// A key that comes again is yielded again: the last of its entries is the one that counts, as
/// [`get`](Self::get) has it.
pub struct EntryViews<'a, K: MapKey<KE>, V: Value<VE>, KE: Encoding = Plain, VE: Encoding = Plain> {
    walk: Walk<'a>,
    source: Source<'a>,
    place: &'static Place,
    index: usize,
    keys: PhantomData<fn() -> (K, KE)>,
    values: PhantomData<fn() -> (V, VE)>,
}

/// A key and a value, as a view has them.
type Entry<'a, K, V, KE, VE> = (<K as Value<KE>>::Seen<'a>, <V as Value<VE>>::Seen<'a>);

impl<'a, K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> EntryViews<'a, K, V, KE, VE> {
    pub(in crate::wire::tlv) fn new(run: &Run<'a>, source: &Source<'a>, place: &'static Place) -> Self {
        Self {
            walk: Walk::new(run),
            source: *source,
            place,
            index: 0,
            keys: PhantomData,
            values: PhantomData,
        }
    }

    /// The value of `key`, after reading all entries that are left.
    ///
    /// # Errors
    ///
    /// An entry that is malformed.
    pub fn get<'k>(self, key: K::Seen<'k>) -> Result<Option<V::Seen<'a>>, DecodeError>
    where
        K::Seen<'a>: PartialEq<K::Seen<'k>>,
    {
        let mut found = None;
        for entry in self {
            let (other, value) = entry?;
            if other == key {
                found = Some(value);
            }
        }
        Ok(found)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(&mut self) -> Result<Entry<'a, K, V, KE, VE>, DecodeError> {
        let bytes = self.source.prefixed(&mut self.walk.rest)?;
        let entry = self.source.below(Run::whole(bytes))?;
        let mut decoder = entry.decoder(bytes);
        let (mut key, mut value) = (K::Kept::default(), V::Kept::default());
        // As every encoder writes it.
        if decoder.take_key(Key::new(1, K::KIND)) {
            K::keep(&mut key, Key::new(1, K::KIND), &mut decoder)?;
        }
        if decoder.take_key(Key::new(2, V::KIND)) {
            V::keep(&mut value, Key::new(2, V::KIND), &mut decoder)?;
        }
        while let Some(next) = decoder.key()? {
            if next == Key::new(1, K::KIND) {
                K::keep(&mut key, next, &mut decoder)?;
            } else if next == Key::new(2, V::KIND) {
                V::keep(&mut value, next, &mut decoder)?;
            } else {
                decoder.skip(next)?;
            }
        }
        Ok((K::see(key, &entry)?, V::see(value, &entry)?))
    }
}

impl<'a, K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> Iterator for EntryViews<'a, K, V, KE, VE> {
    type Item = Result<Entry<'a, K, V, KE, VE>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.walk.next(|kind| kind == Kind::Prefixed)?;
        let place = ItemPlace { place: self.place, index: self.index };
        self.index += 1;
        match self.read() {
            Ok(entry) => Some(Ok(entry)),
            Err(error) => Some(Err(place.end(&mut self.walk.rest, error))),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left()))
    }
}

impl<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> FusedIterator for EntryViews<'_, K, V, KE, VE> {}

/// Whether or not keys and values can be cloned.
impl<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> Clone for EntryViews<'_, K, V, KE, VE> {
    fn clone(&self) -> Self {
        Self { walk: self.walk.clone(), ..*self }
    }
}

/// Without the bytes: they may hold what is sensitive.
impl<K: MapKey<KE>, V: Value<VE>, KE: Encoding, VE: Encoding> fmt::Debug for EntryViews<'_, K, V, KE, VE> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EntryViews")
            .field("field", &self.place.field)
            .field("index", &self.index)
            .field("records_left", &self.walk.left())
            .finish_non_exhaustive()
    }
}
