//! Reading a message: the bytes that are left, and what may still be spent on them.
//!
//! One decoder goes through a message and everything inside it, so that memory and depth are counted over the
//! whole. It allocates nothing but what [`Value`](super::Value)s ask for, and asks the limits first.
//! Used by derived [`Tlv::merge`](super::Tlv::merge); a hand-written one uses it the same way.

use std::fmt;

use bytes::Bytes;

use super::{DecodeError, DecodeErrorKind, DecodeLimits, Key, Kind, Tlv, records, text, varint};

/// The unread part of a message, with the limits of its decode.
///
/// After an error it is in no defined place: pass the error on and drop the message.
#[derive(Clone)]
pub struct Decoder<'a> {
    rest: &'a [u8],
    memory_left: usize,
    depth_left: u32,
    /// The address at which the outermost message begins.
    origin: usize,
    /// What the bytes are a part of, when fields may share it.
    owner: Option<&'a Bytes>,
    limits: DecodeLimits,
}

impl<'a> Decoder<'a> {
    /// Reads `bytes`, copying what is kept.
    pub fn new(bytes: &'a [u8], limits: &DecodeLimits) -> Self {
        Self {
            rest: bytes,
            memory_left: limits.memory,
            depth_left: limits.depth,
            origin: bytes.as_ptr().addr(),
            owner: None,
            limits: *limits,
        }
    }

    /// Reads `bytes`, a part of the message at the address `origin`.
    #[inline]
    pub(super) fn part(bytes: &'a [u8], origin: usize, depth_left: u32, limits: &DecodeLimits) -> Self {
        Self { rest: bytes, memory_left: limits.memory, depth_left, origin, owner: None, limits: *limits }
    }

    /// Reads `bytes`; fields of type [`Bytes`] share long parts of it.
    pub fn shared(bytes: &'a Bytes, limits: &DecodeLimits) -> Self {
        Self { owner: Some(bytes), ..Self::new(bytes, limits) }
    }

    /// The next record's key; `None` at the end of the message.
    ///
    /// # Errors
    ///
    /// Bytes that are no key: tag 0 or too large, groups, kinds that do not exist, truncation.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn key(&mut self) -> Result<Option<Key>, DecodeError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        match Key::read(self.rest) {
            Ok((key, rest)) => {
                self.rest = rest;
                Ok(Some(key))
            }
            Err(kind) => Err(self.error(kind)),
        }
    }

    /// Takes the next record's key if it is this one, in its shortest form. What is not taken is left to
    /// [`key`](Self::key).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn take_key(&mut self, key: Key) -> bool {
        match key.strip(self.rest) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes the next record's key if `is_wanted` says so. What is not taken is left to [`key`](Self::key).
    #[inline]
    pub fn take_key_if(&mut self, is_wanted: impl Fn(Key) -> bool) -> Option<Key> {
        let (key, rest) = Key::read(self.rest).ok().filter(|(key, _)| is_wanted(*key))?;
        self.rest = rest;
        Some(key)
    }

    /// A value of kind [`Kind::Varint`](super::Kind::Varint).
    ///
    /// # Errors
    ///
    /// Truncation, more than ten bytes or 64 bits.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn varint(&mut self) -> Result<u64, DecodeError> {
        match varint::read(self.rest) {
            Ok((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            Err(kind) => Err(self.error(kind)),
        }
    }

    /// A value of kind [`Kind::Four`](super::Kind::Four) or [`Kind::Eight`](super::Kind::Eight), by the type wanted: `[u8; 4]` or `[u8; 8]`.
    ///
    /// # Errors
    ///
    /// Truncation.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.rest.split_first_chunk::<N>() {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(*value)
            }
            None => Err(self.error(DecodeErrorKind::Truncated)),
        }
    }

    /// A value of kind [`Kind::Prefixed`](super::Kind::Prefixed), without its length.
    ///
    /// # Errors
    ///
    /// Truncation, a length past the end.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn prefixed(&mut self) -> Result<&'a [u8], DecodeError> {
        match records::split_prefixed_short(self.rest) {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            None => {
                let (value, rest) = prefixed_long(self.rest, self.origin)?;
                self.rest = rest;
                Ok(value)
            }
        }
    }

    /// A value of kind [`Kind::Prefixed`](super::Kind::Prefixed) that is text.
    ///
    /// # Errors
    ///
    /// As [`prefixed`](Self::prefixed), and bytes that are no UTF-8.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn text(&mut self) -> Result<&'a str, DecodeError> {
        let bytes = self.prefixed()?;
        text::checked(bytes).ok_or_else(|| self.error(DecodeErrorKind::NotUtf8))
    }

    /// A value of kind [`Kind::Prefixed`](super::Kind::Prefixed) that is a message: merged into `message`, one level deeper.
    ///
    /// # Errors
    ///
    /// As [`prefixed`](Self::prefixed), too deep, and whatever is wrong inside.
    pub fn message<M: Tlv>(&mut self, message: &mut M) -> Result<(), DecodeError> {
        // Without closures: this is made anew for each message there is.
        let behind = self.enter()?;
        message.merge(self)?;
        self.leave(behind);
        Ok(())
    }

    /// Passes over the value behind `key`.
    ///
    /// # Errors
    ///
    /// Truncation, a length past the end, a varint that is none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn skip(&mut self, key: Key) -> Result<(), DecodeError> {
        match key.kind() {
            Kind::Varint => self.varint().map(|_| ()),
            Kind::Eight => self.fixed::<8>().map(|_| ()),
            Kind::Prefixed => self.prefixed().map(|_| ()),
            Kind::Four => self.fixed::<4>().map(|_| ()),
        }
    }

    /// Counts `len` bytes of heap that are about to be allocated for the message.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::MemoryExceeded`]: do not allocate.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn charge(&mut self, len: usize) -> Result<(), DecodeError> {
        match self.memory_left.checked_sub(len) {
            Some(memory_left) => {
                self.memory_left = memory_left;
                Ok(())
            }
            None => Err(self.memory_exceeded()),
        }
    }

    #[cold]
    fn memory_exceeded(&self) -> DecodeError {
        self.error(DecodeErrorKind::MemoryExceeded { limit: self.limits.memory })
    }

    /// Counts `len` bytes less: they were charged, and are free again.
    #[inline]
    pub(super) fn give_back(&mut self, len: usize) {
        self.memory_left = self.memory_left.saturating_add(len);
    }

    /// What is unread of the message now read.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The error of this kind, at the place where reading stands. It learns its path on the way out.
    #[inline]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        error(kind, self.rest, self.origin)
    }

    /// The buffer that fields may share, if any: every slice read here is a part of it.
    pub(super) fn owner(&self) -> Option<&'a Bytes> {
        self.owner
    }

    /// Makes room for `more` items in `items`, charged before it is allocated. Grows at least twofold, so that
    /// many calls stay linear.
    #[inline]
    pub(super) fn reserve<T>(&mut self, items: &mut Vec<T>, more: usize) -> Result<(), DecodeError> {
        if items.capacity() - items.len() >= more {
            return Ok(());
        }
        self.grow(items, more)
    }

    /// Goes on in `bytes`, another part of the same message.
    #[inline]
    pub(super) fn go_to(&mut self, bytes: &'a [u8]) {
        self.rest = bytes;
    }

    /// Reads `packed`, a value that was just read, as varints one behind the other, each of which becomes an item.
    ///
    /// # Errors
    ///
    /// A varint that is none, and memory exceeded.
    #[inline]
    pub fn packed_varints<T>(
        &mut self,
        items: &mut Vec<T>,
        packed: &'a [u8],
        item: impl Fn(u64) -> T,
    ) -> Result<(), DecodeError> {
        self.reserve(items, varint::count(packed))?;
        let mut rest = packed;
        while !rest.is_empty() {
            match varint::read_mixed(rest) {
                Ok((value, behind)) => {
                    rest = behind;
                    items.push(item(value));
                }
                Err(kind) => {
                    self.rest = rest;
                    return Err(self.error(kind).in_item(items.len()));
                }
            }
        }
        Ok(())
    }

    /// Reads `packed`, a value that was just read, as numbers of a fixed length, each of which becomes an item.
    #[inline]
    pub(super) fn packed_fixed<T, const N: usize>(
        &mut self,
        items: &mut Vec<T>,
        packed: &'a [u8],
        item: impl Fn([u8; N]) -> T,
    ) -> Result<(), DecodeError> {
        let (whole, cut) = packed.as_chunks::<N>();
        self.reserve(items, whole.len())?;
        items.extend(whole.iter().map(|bytes| item(*bytes)));
        if cut.is_empty() {
            return Ok(());
        }
        self.rest = cut;
        Err(self.error(DecodeErrorKind::Truncated).in_item(items.len()))
    }

    /// Reads a value of kind [`Kind::Prefixed`](super::Kind::Prefixed) that holds records, one level deeper.
    #[inline]
    pub(super) fn deeper(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let behind = self.enter()?;
        read(self)?;
        self.leave(behind);
        Ok(())
    }

    /// Goes one level deeper, into a value of kind [`Kind::Prefixed`](super::Kind::Prefixed), and says what stands behind it.
    #[inline]
    fn enter(&mut self) -> Result<&'a [u8], DecodeError> {
        let inside = self.prefixed()?;
        let Some(depth_left) = self.depth_left.checked_sub(1) else {
            return Err(self.error(DecodeErrorKind::DepthExceeded { limit: self.limits.depth }));
        };
        self.depth_left = depth_left;
        Ok(std::mem::replace(&mut self.rest, inside))
    }

    /// Goes on `behind` what was [entered](Self::enter), once it is read.
    #[inline]
    fn leave(&mut self, behind: &'a [u8]) {
        self.rest = behind;
        self.depth_left += 1;
    }

    /// How many records with this key follow one another, the one just begun included; what is malformed
    /// ends the count and is found when its turn comes.
    pub(super) fn run_len(&self, key: Key) -> usize {
        let mut len = 1;
        let mut rest = self.rest;
        if key.kind() == Kind::Prefixed
            && let Some(key) = key.byte()
        {
            // Most of them: nothing is asked twice.
            while let [value_len, behind @ ..] = rest
                && *value_len < 0x80
                && let Some([next, value @ ..]) = behind.get(usize::from(*value_len)..)
                && *next == key
            {
                len += 1;
                rest = value;
            }
        }
        while let Some(behind) = records::behind_value(rest, key.kind())
            && let Some(value) = key.strip(behind)
        {
            len += 1;
            rest = value;
        }
        len
    }

    #[inline(never)]
    fn grow<T>(&mut self, items: &mut Vec<T>, more: usize) -> Result<(), DecodeError> {
        let capacity = items.len().saturating_add(more).max(items.capacity().saturating_mul(2));
        // All of it: old and new are held together while the items move.
        self.charge(capacity.saturating_mul(size_of::<T>()))?;
        let old_capacity = items.capacity();
        if old_capacity == 0 {
            *items = Vec::with_capacity(capacity);
            return Ok(());
        }
        items.reserve_exact(capacity - items.len());
        self.give_back(old_capacity * size_of::<T>());
        Ok(())
    }
}

// What is out of line takes no decoder, so that a short-lived one may be in registers.

/// A length of more bytes, or one past the end.
#[inline(never)]
fn prefixed_long(bytes: &[u8], origin: usize) -> Result<(&[u8], &[u8]), DecodeError> {
    records::split_prefixed(bytes).map_err(|kind| error(kind, bytes, origin))
}

#[cold]
#[inline(never)]
fn error(kind: DecodeErrorKind, rest: &[u8], origin: usize) -> DecodeError {
    DecodeError::new(kind, rest.as_ptr().addr().saturating_sub(origin))
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Decoder")
            .field("rest_len", &self.rest.len())
            .field("memory_left", &self.memory_left)
            .field("depth_left", &self.depth_left)
            .finish_non_exhaustive()
    }
}
