//! Reading JSON: where it stands, how deep, at what cost, and what is wrong there.
//!
//! What values mean is read in `fields`, `scalar`, `kit_types` and `any_value`.

use std::fmt::{Display, Write};

use super::Options;
use super::cursor::{Cursor, Missing, Token};
use super::read_error::{ReadError, ReadErrorKind as Kind};
use crate::pool::MessageDescriptor;

/// What holding a message or an entry of a map costs beside its bytes.
pub(super) const HELD_COST: usize = 128;

/// Reads messages; its recursion is bounded by `decode.depth`.
pub(super) struct Reader<'t, 'p> {
    pub(super) cursor: Cursor<'t>,
    pub(super) options: &'t Options,
    outermost: MessageDescriptor<'p>,
    /// Where reading stands, without the outermost message.
    path: String,
    /// It stands in a sensitive field: no error tells what is there.
    pub(super) is_sensitive: bool,
    depth_left: u32,
    memory_left: usize,
}

impl<'t, 'p> Reader<'t, 'p> {
    pub(super) fn new(outermost: MessageDescriptor<'p>, text: &'t str, options: &'t Options) -> Self {
        let (depth_left, memory_left) = (options.limits.depth, options.limits.memory);
        let cursor = Cursor::new(text);
        Self { cursor, options, outermost, path: String::new(), is_sensitive: false, depth_left, memory_left }
    }

    /// The message of the whole text.
    pub(super) fn whole(mut self) -> Result<Vec<u8>, ReadError> {
        let bytes = self.message(self.outermost)?;
        let at = self.cursor.at();
        if at < self.cursor.text().len() {
            return Err(self.error(at, Kind::NotJson { expected: "the end" }));
        }
        Ok(bytes)
    }

    /// What `read` reads, `levels` messages deeper.
    pub(super) fn deeper<T>(
        &mut self,
        levels: u32,
        read: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let Some(depth_left) = self.depth_left.checked_sub(levels) else {
            return Err(self.error_here(Kind::DepthExceeded { limit: self.options.limits.depth }));
        };
        let depth = std::mem::replace(&mut self.depth_left, depth_left);
        let value = read(self)?;
        self.depth_left = depth;
        Ok(value)
    }

    /// The elements of an array, each read by `read`.
    pub(super) fn array(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.open(Token::Array, '[')?;
        if self.cursor.take(']') {
            return Ok(());
        }
        let mut index = 0_usize;
        loop {
            self.within(format_args!("[{index}]"), &mut read)?;
            index += 1;
            if !self.cursor.take(',') {
                return self.expect(']', "a comma or `]`");
            }
        }
    }

    /// The members of an object, each read by `read` behind its name.
    pub(super) fn members(
        &mut self,
        mut read: impl FnMut(&mut Self, usize, &str) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.open(Token::Object, '{')?;
        if self.cursor.take('}') {
            return Ok(());
        }
        loop {
            let at = self.cursor.at();
            let name = self.cursor.quoted().map_err(|missing| self.not_json(missing))?;
            self.expect(':', "a colon")?;
            read(self, at, &name)?;
            if !self.cursor.take(',') {
                return self.expect('}', "a comma or `}`");
            }
        }
    }

    /// What `read` reads, one step further along the path.
    pub(super) fn within<T>(
        &mut self,
        step: impl Display,
        read: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let len = self.path.len();
        write!(self.path, "{step}").expect("a string takes any text");
        let value = read(self)?;
        self.path.truncate(len);
        Ok(value)
    }

    /// What `read` reads as the entry of this key.
    pub(super) fn within_entry<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let step = if self.is_sensitive { "[…]".to_owned() } else { format!("[{}]", shown(key)) };
        self.within(step, read)
    }

    /// A name that an error tells; `None` of what is sensitive.
    pub(super) fn told(&self, name: &str) -> Option<String> {
        (!self.is_sensitive).then(|| name.to_owned())
    }

    /// Counts what is held from now on.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), ReadError> {
        match self.memory_left.checked_sub(bytes) {
            Some(left) => {
                self.memory_left = left;
                Ok(())
            }
            None => Err(self.error_here(Kind::MemoryExceeded { limit: self.options.limits.memory })),
        }
    }

    /// An error `at` so many bytes into the text.
    #[cold]
    pub(super) fn error(&self, at: usize, kind: Kind) -> ReadError {
        let own = self.outermost.full_name().rsplit('.').next().unwrap_or_default();
        ReadError::new(kind, format!("{own}{}", self.path), self.cursor.text(), at)
    }

    #[cold]
    pub(super) fn error_here(&mut self, kind: Kind) -> ReadError {
        let at = self.cursor.at();
        self.error(at, kind)
    }

    /// The next value is of another kind than this.
    #[cold]
    pub(super) fn mismatch(&mut self, expected: &'static str) -> ReadError {
        match self.cursor.peek() {
            Token::Nothing => self.error_here(Kind::NotJson { expected: "a value" }),
            found => self.error_here(Kind::Mismatch { expected, found: found.name() }),
        }
    }

    #[cold]
    pub(super) fn not_json(&self, missing: Missing) -> ReadError {
        self.error(missing.at, Kind::NotJson { expected: missing.expected })
    }

    fn open(&mut self, token: Token, bracket: char) -> Result<(), ReadError> {
        if self.cursor.take(bracket) { Ok(()) } else { Err(self.mismatch(token.name())) }
    }

    fn expect(&mut self, sign: char, expected: &'static str) -> Result<(), ReadError> {
        self.cursor.expect(sign, expected).map_err(|missing| self.not_json(missing))
    }

    /// Passes over a value of any kind. A message takes up to two brackets, its own and that of its list or map, and its
    /// innermost field one more.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        self.skip_within(self.depth_left.saturating_mul(2).saturating_add(1))
    }

    /// Passes over a value with at most so many brackets around anything.
    fn skip_within(&mut self, brackets: u32) -> Result<(), ReadError> {
        let token = self.cursor.peek();
        let inner = brackets.checked_sub(1);
        let read = match (token, inner) {
            (Token::Object, Some(inner)) => return self.members(|reader, _, _| reader.skip_within(inner)),
            (Token::Array, Some(inner)) => return self.array(|reader| reader.skip_within(inner)),
            (Token::Object | Token::Array, None) => {
                return Err(self.error_here(Kind::DepthExceeded { limit: self.options.limits.depth }));
            }
            (Token::Text, _) => self.cursor.quoted().map(drop),
            (Token::Number, _) => self.cursor.number().map(drop),
            (Token::True, _) => self.cursor.word("true"),
            (Token::False, _) => self.cursor.word("false"),
            (Token::Null, _) => self.cursor.word("null"),
            (Token::Nothing, _) => return Err(self.mismatch("a value")),
        };
        read.map_err(|missing| self.not_json(missing))
    }
}

/// The key of an entry, cut where it is long.
fn shown(key: &str) -> String {
    let cut: String = key.chars().take(40).collect();
    if cut.len() < key.len() { format!("{cut:?}…") } else { format!("{cut:?}") }
}
