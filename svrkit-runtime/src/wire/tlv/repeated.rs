//! Repeated fields: many records, or one that holds many numbers.

use super::{
    DecodeError, Decoder, Encoding, Field, FieldForm, ItemViews, Key, Kind, Place, Run, Source, Unpacked,
    Value, ValueForm, Violations, backward,
};

impl<T: Value<E>, E: Encoding> Field<E> for Vec<T> {
    type Item = T;
    type Inside = T::Inside;

    const FORM: FieldForm = FieldForm::Many(T::FORM);
    const KIND: Kind = Kind::Prefixed;
    const KIND_ALSO: Kind = T::KIND;

    #[inline]
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        // Known when this is compiled, so that messages bring no code for packed ones.
        if const { matches!(T::KIND, Kind::Prefixed) } {
            encode_each(self, key, free)
        } else {
            encode_packed(self, key, free)
        }
    }

    #[inline]
    fn merge_field(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        merge(self, key, decoder)
    }

    type Part<'a> = Run<'a>;
    type Seen<'a> = ItemViews<'a, T, E>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep<'a>(part: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        part.keep(key, decoder)
    }

    #[inline]
    fn see<'a>(part: Run<'a>, source: &Source<'a>, place: &'static Place) -> ItemViews<'a, T, E> {
        ItemViews::new(&part, source, place)
    }

    fn check_each(&self, violations: &mut Violations, check: impl FnMut(&T, &mut Violations)) {
        check_each(self, violations, check);
    }

    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        check(self, violations);
    }
}

impl<T: Value<E>, E: Encoding> Field<Unpacked<E>> for Vec<T> {
    type Item = T;
    type Inside = T::Inside;

    const FORM: FieldForm = FieldForm::Many(T::FORM);
    const KIND: Kind = T::KIND;
    const KIND_ALSO: Kind = Kind::Prefixed;

    #[inline]
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        encode_each(self, key, free)
    }

    #[inline]
    fn merge_field(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        merge(self, key, decoder)
    }

    type Part<'a> = Run<'a>;
    type Seen<'a> = ItemViews<'a, T, E>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep<'a>(part: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        part.keep(key, decoder)
    }

    #[inline]
    fn see<'a>(part: Run<'a>, source: &Source<'a>, place: &'static Place) -> ItemViews<'a, T, E> {
        ItemViews::new(&part, source, place)
    }

    fn check_each(&self, violations: &mut Violations, check: impl FnMut(&T, &mut Violations)) {
        check_each(self, violations, check);
    }

    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        check(self, violations);
    }
}

fn encode_each<'b, T: Value<E>, E: Encoding>(
    mut items: &[T],
    key: Key,
    mut free: &'b mut [u8],
) -> Option<&'b mut [u8]> {
    // No iterator: its functions would be made anew for each message there is.
    while let [before @ .., item] = items {
        free = item.encode_keyed(key, free)?;
        items = before;
    }
    Some(free)
}

fn encode_packed<'b, T: Value<E>, E: Encoding>(
    items: &[T],
    key: Key,
    free: &'b mut [u8],
) -> Option<&'b mut [u8]> {
    if items.is_empty() {
        return Some(free);
    }
    let free_len = free.len();
    let free = match T::KIND {
        Kind::Eight => encode_fixed::<_, _, 8>(items, free)?,
        Kind::Four => encode_fixed::<_, _, 4>(items, free)?,
        Kind::Varint | Kind::Prefixed => {
            let mut free = free;
            for item in items.iter().rev() {
                free = item.encode_value(free)?;
            }
            free
        }
    };
    let len = free_len - free.len();
    backward::key_and_len(free, key, len)
}

/// Where all lengths are known the order does not matter: one loop without a bound in it.
fn encode_fixed<'b, T: Value<E>, E: Encoding, const N: usize>(
    items: &[T],
    free: &'b mut [u8],
) -> Option<&'b mut [u8]> {
    let rest_len = free.len().checked_sub(items.len() * N)?;
    let (rest, places) = free.split_at_mut(rest_len);
    let (places, _) = places.as_chunks_mut::<N>();
    for (place, item) in places.iter_mut().zip(items) {
        item.encode_value(place)?;
    }
    Some(rest)
}

fn merge<T: Value<E>, E: Encoding>(
    items: &mut Vec<T>,
    key: Key,
    decoder: &mut Decoder<'_>,
) -> Result<(), DecodeError> {
    if const { !matches!(T::KIND, Kind::Prefixed) } && key.kind() == Kind::Prefixed {
        return merge_packed(items, decoder);
    }
    if items.len() == items.capacity() {
        // The run is counted once: the room it gets lasts until its end.
        let more = decoder.run_len(key);
        decoder.reserve(items, more)?;
    }
    push(items, decoder)
}

fn merge_packed<T: Value<E>, E: Encoding>(
    items: &mut Vec<T>,
    decoder: &mut Decoder<'_>,
) -> Result<(), DecodeError> {
    let packed = decoder.prefixed()?;
    T::read_packed(items, packed, decoder)
}

#[inline]
fn check<T: Value<E>, E: Encoding>(items: &[T], violations: &mut Violations) {
    // Numbers have nothing below them.
    if T::KIND == Kind::Prefixed {
        check_each(items, violations, T::check_value);
    }
}

fn check_each<T>(items: &[T], violations: &mut Violations, mut check: impl FnMut(&T, &mut Violations)) {
    for (index, item) in items.iter().enumerate() {
        let mark = violations.mark();
        check(item, violations);
        violations.in_item(mark, index);
    }
}

#[inline]
fn push<T: Value<E>, E: Encoding>(items: &mut Vec<T>, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    if const { matches!(T::FORM, ValueForm::Message(_)) } {
        decoder.charge(T::HEAP_LEN)?;
        let index = items.len();
        // Where it stays: a message is large, and moved right after it was written it waits for all its stores.
        // (`push` would make it first, to be dropped should there be no room.)
        items.resize_with(index + 1, T::default);
        return match items.last_mut().map(|item| item.merge_value(decoder)) {
            Some(Err(error)) => Err(error.in_item(index)),
            _ => Ok(()),
        };
    }
    match T::read_value(decoder) {
        Ok(item) => {
            items.push(item);
            Ok(())
        }
        Err(error) => Err(error.in_item(items.len())),
    }
}
