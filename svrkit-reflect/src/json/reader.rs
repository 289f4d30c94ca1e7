//! From JSON to bytes, a value after the other as the descriptor wants them.

use std::collections::BTreeSet;
use std::fmt::{Display, Write};

use svrkit_runtime::types::{Duration, Timestamp};

use super::Options;
use super::cursor::{Cursor, Missing, Token};
use super::kit_types::TYPE;
use super::nearest::nearest;
use super::read_error::{ReadError, ReadErrorKind as Kind};
use super::scalar::Parsed;
use crate::dynamic::{Item, MessageBuilder};
use crate::pool::{Cardinality, FieldDescriptor, FieldType, MessageDescriptor, Scalar, WellKnown};

/// What holding a message or an entry of a map costs beside its bytes.
const HELD_COST: usize = 128;

/// Reads messages; its recursion is bounded by `decode.depth`.
pub(super) struct Reader<'t, 'p> {
    pub(super) cursor: Cursor<'t>,
    pub(super) options: &'t Options,
    outermost: MessageDescriptor<'p>,
    /// Where reading stands, without the outermost message.
    path: String,
    /// It stands in a sensitive field: no error tells what is there.
    is_sensitive: bool,
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

    /// The bytes of the next value as a message.
    pub(super) fn message(&mut self, message: MessageDescriptor<'p>) -> Result<Vec<u8>, ReadError> {
        let bytes = match message.well_known() {
            None => {
                let mut builder = MessageBuilder::new(message);
                self.object(&mut builder, false)?;
                builder.finish()
            }
            Some(WellKnown::Timestamp) => {
                self.parsed::<Timestamp>("a point in time, such as `2026-01-31T23:59:59Z`")?
            }
            Some(WellKnown::Duration) => {
                self.parsed::<Duration>("a span of time in seconds, such as `1.5s`")?
            }
            Some(WellKnown::FieldMask) => self.field_mask()?,
            Some(WellKnown::Any) => self.any(message)?,
            Some(WellKnown::Struct) => self.structure()?,
            Some(WellKnown::Value) => self.any_value()?,
            Some(WellKnown::ListValue) => self.list()?,
            Some(WellKnown::Wrapper) => {
                let mut builder = MessageBuilder::new(message);
                for field in message.fields() {
                    self.single(field, &mut builder)?;
                }
                builder.finish()
            }
        };
        self.charge(HELD_COST)?;
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

    /// The fields of a message; of what an `Any` holds, its type was read before.
    pub(super) fn object(
        &mut self,
        builder: &mut MessageBuilder<'p>,
        is_held: bool,
    ) -> Result<(), ReadError> {
        let mut seen = BTreeSet::new();
        let mut oneofs = BTreeSet::new();
        self.members(|reader, at, name| {
            if is_held && name == TYPE {
                return reader.skip();
            }
            let Some(field) = builder.message().field_named(name) else {
                return reader.unknown(at, name, builder.message());
            };
            reader.within_field(field, |reader| {
                if !seen.insert(field.tag()) {
                    return Err(reader.error(at, Kind::Twice));
                }
                if reader.is_absent(field) {
                    return reader.skip();
                }
                if let Some(oneof) = field.oneof()
                    && !oneofs.insert(oneof)
                {
                    let oneof = builder.message().oneofs()[oneof].name.clone();
                    return Err(reader.error(at, Kind::OneofTwice { oneof }));
                }
                reader.field(field, builder)
            })
        })
    }

    fn within_field(
        &mut self,
        field: FieldDescriptor<'_>,
        read: impl FnOnce(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let is_around = self.is_sensitive;
        self.is_sensitive |= field.is_sensitive();
        self.within(format_args!(".{}", field.name()), read)?;
        self.is_sensitive = is_around;
        Ok(())
    }

    fn unknown(&mut self, at: usize, name: &str, message: MessageDescriptor<'_>) -> Result<(), ReadError> {
        if self.options.ignore_unknown {
            return self.skip();
        }
        let names = message.fields().flat_map(|field| [field.json_name(), field.name()]);
        let nearest = nearest(name, names).and_then(|nearest| self.told(nearest));
        Err(self.error(at, Kind::UnknownField { name: self.told(name), nearest }))
    }

    /// Whether the next value says that the field is not there.
    fn is_absent(&mut self, field: FieldDescriptor<'_>) -> bool {
        let is_single = matches!(field.cardinality(), Cardinality::Single | Cardinality::Optional);
        self.cursor.peek() == Token::Null && !(is_single && takes_null(field))
    }

    fn field(
        &mut self,
        field: FieldDescriptor<'p>,
        builder: &mut MessageBuilder<'p>,
    ) -> Result<(), ReadError> {
        match field.cardinality() {
            Cardinality::Single | Cardinality::Optional => self.single(field, builder),
            Cardinality::Repeated => self.array(|reader| {
                let Some(value) = reader.value(field, 1)? else { return Ok(()) };
                let given = builder.given();
                builder.push(field, value.as_item()).expect("a value is read by the type of its field");
                reader.charge(builder.given() - given)
            }),
            Cardinality::Map(key) => self.map(field, key, builder),
        }
    }

    fn single(
        &mut self,
        field: FieldDescriptor<'p>,
        builder: &mut MessageBuilder<'p>,
    ) -> Result<(), ReadError> {
        let Some(value) = self.value(field, 1)? else { return Ok(()) };
        let given = builder.given();
        builder.set(field, value.as_item()).expect("a value is read by the type of its field");
        self.charge(builder.given() - given)
    }

    fn map(
        &mut self,
        field: FieldDescriptor<'p>,
        key_type: Scalar,
        builder: &mut MessageBuilder<'p>,
    ) -> Result<(), ReadError> {
        self.members(|reader, at, name| {
            let key = reader.key(key_type, at, name)?;
            reader.within_entry(name, |reader| {
                let Some(value) = reader.value(field, 2)? else { return Ok(()) };
                let given = builder.given();
                let is_new = builder.insert(field, key.as_scalar(), value.as_item());
                let is_new = is_new.expect("an entry is read by the types of its map");
                reader.charge(HELD_COST + builder.given() - given)?;
                if is_new { Ok(()) } else { Err(reader.error(at, Kind::Twice)) }
            })
        })
    }

    /// One value, if it is a message `levels` deeper; `None` for a name of an enum that is passed over.
    fn value(&mut self, field: FieldDescriptor<'p>, levels: u32) -> Result<Option<Parsed<'t>>, ReadError> {
        match field.value_type() {
            FieldType::Scalar(scalar) => self.scalar(scalar).map(Some),
            FieldType::Message(message) => self
                .deeper(levels, |reader| reader.message(message))
                .map(|bytes| Some(Parsed::Message(bytes))),
            FieldType::Enum(enumeration) => self.enumeration(enumeration, self.options.ignore_unknown),
        }
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

/// Whether null is a value of such a field.
fn takes_null(field: FieldDescriptor<'_>) -> bool {
    match field.value_type() {
        FieldType::Message(message) => message.well_known() == Some(WellKnown::Value),
        FieldType::Enum(enumeration) => enumeration.is_null(),
        FieldType::Scalar(_) => false,
    }
}

/// The key of an entry, cut where it is long.
fn shown(key: &str) -> String {
    let cut: String = key.chars().take(40).collect();
    if cut.len() < key.len() { format!("{cut:?}…") } else { format!("{cut:?}") }
}

impl Parsed<'_> {
    fn as_item(&self) -> Item<'_> {
        match self {
            Self::Message(bytes) => Item::Message(bytes),
            other => Item::Scalar(other.as_scalar()),
        }
    }
}
