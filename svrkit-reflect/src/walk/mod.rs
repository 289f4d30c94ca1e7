//! Bytes walked as they stand, a part after the other, to be shown to people.
//!
//! What the codec would refuse does not end the walk: it is told with its place, and the walk goes on behind what holds
//! it. Each byte is in exactly one part, and parts come in the order of the bytes. Time is linear in the bytes, times
//! `decode.depth` where messages have to be guessed. [`text`](crate::text) and [`annotate`](crate::annotate) show the parts.

mod fault;
mod guess;
mod page;
mod scope;
mod shown;

use svrkit_runtime::wire::tlv::{DecodeError, DecodeErrorKind, DecodeLimits, Decoder, Key, Kind};

pub use self::fault::Fault;
use self::guess::Guess;
pub(crate) use self::page::Page;
use self::scope::Holds;
pub(crate) use self::scope::{Meaning, Scope, kind_name};
pub use self::shown::Shown;
use crate::dynamic::ScalarValue;
use crate::pool::{EnumDescriptor, Scalar};

/// Some bytes, and where they stand in all that is walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) offset: usize,
    pub(crate) bytes: &'a [u8],
}

/// What a walk comes by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a, 'p> {
    /// The key of a record.
    Key { part: Part<'a>, tag: u32, kind: Kind, meaning: Meaning<'p> },
    /// The length of a record that has one.
    Length { part: Part<'a>, len: u64 },
    /// A value: of the record, or one of its list.
    Value { part: Part<'a>, value: Leaf<'a, 'p> },
    /// The value of the record is a message, whose records follow.
    Open { scope: Scope<'p> },
    /// The end of a message.
    Close,
    /// The value of the record is many numbers, which follow as values.
    OpenList { is_guess: bool },
    /// The end of a list.
    CloseList,
    /// Something is wrong; the rest of the innermost message, list or value is not understood.
    Fault { fault: Fault, rest: Part<'a> },
}

/// A value without parts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf<'a, 'p> {
    /// Of a type that is known.
    Scalar(ScalarValue<'a>),
    /// A number of an enum that is known.
    Enum(EnumDescriptor<'p>, i32),
    /// A number of which only the kind is known.
    Varint(u64),
    Four(u32),
    Eight(u64),
    /// Text or bytes, by a guess.
    Text(&'a str),
    Bytes(&'a [u8]),
    /// It would be a message, were it not for `decode.depth`; nobody has to refuse it.
    TooDeep(&'a [u8]),
    /// Kept out of what people read.
    Redacted,
}

/// Who is told what a walk comes by.
pub(crate) trait Visitor {
    fn event(&mut self, event: Event<'_, '_>);
}

/// Walks `bytes`, the records of a message that `scope` knows.
pub(crate) fn walk(
    bytes: &[u8],
    scope: Scope<'_>,
    redact: bool,
    limits: &DecodeLimits,
    visitor: &mut dyn Visitor,
) {
    let part = Part { offset: 0, bytes };
    Walker { redact, depth: limits.depth, visitor }.records(part, scope, limits.depth);
}

/// Its recursion is bounded by `decode.depth`.
struct Walker<'v> {
    redact: bool,
    depth: u32,
    visitor: &'v mut dyn Visitor,
}

/// What a record is, but for its value.
#[derive(Clone, Copy)]
struct Head<'p> {
    kind: Kind,
    meaning: Meaning<'p>,
}

impl<'a> Part<'a> {
    /// What `decoder` has left of it.
    fn rest(&self, decoder: &Decoder<'a>) -> Self {
        let bytes = decoder.rest();
        Self { offset: self.offset + self.bytes.len() - bytes.len(), bytes }
    }

    /// Its first bytes, up to where `rest` of it begins.
    fn until(&self, rest: Self) -> Self {
        Self { offset: self.offset, bytes: &self.bytes[..rest.offset - self.offset] }
    }
}

impl Walker<'_> {
    fn records(&mut self, whole: Part<'_>, scope: Scope<'_>, depth_left: u32) {
        let mut decoder = Decoder::new(whole.bytes, &DecodeLimits::default());
        loop {
            let start = whole.rest(&decoder);
            let key = match decoder.key() {
                Ok(Some(key)) => key,
                Ok(None) => return,
                Err(error) => return self.fault(error.kind(), start),
            };
            let behind = whole.rest(&decoder);
            let head = Head { kind: key.kind(), meaning: scope.meaning(key) };
            self.visitor.event(Event::Key {
                part: start.until(behind),
                tag: key.tag(),
                kind: key.kind(),
                meaning: head.meaning,
            });
            let Some(value) = self.value(behind, key, &mut decoder) else { return };
            self.content(value, head, depth_left);
        }
    }

    /// Takes the value of a record off, which begins at `start`; none where the bytes do not hold it.
    fn value<'a>(&mut self, start: Part<'a>, key: Key, decoder: &mut Decoder<'a>) -> Option<Part<'a>> {
        if key.kind() != Kind::Prefixed {
            if let Err(error) = decoder.skip(key) {
                self.fault(error.kind(), start);
                return None;
            }
            return Some(start.until(start.rest(decoder)));
        }
        let len = match decoder.varint() {
            Ok(len) => len,
            Err(error) => {
                self.fault(error.kind(), start);
                return None;
            }
        };
        let rest = start.rest(decoder);
        self.visitor.event(Event::Length { part: start.until(rest), len });
        let Some((bytes, _)) = usize::try_from(len).ok().and_then(|len| rest.bytes.split_at_checked(len))
        else {
            self.fault(DecodeErrorKind::LengthPastEnd { len, left: rest.bytes.len() }, rest);
            return None;
        };
        *decoder = Decoder::new(&rest.bytes[bytes.len()..], &DecodeLimits::default());
        Some(Part { offset: rest.offset, bytes })
    }

    fn content(&mut self, value: Part<'_>, head: Head<'_>, depth_left: u32) {
        if self.redact && head.meaning.is_sensitive() {
            self.visitor.event(Event::Value { part: value, value: Leaf::Redacted });
            let mut told = Withheld { visitor: self.visitor };
            Walker { redact: false, depth: self.depth, visitor: &mut told }.shown(value, head, depth_left);
        } else {
            self.shown(value, head, depth_left);
        }
    }

    fn shown(&mut self, value: Part<'_>, head: Head<'_>, depth_left: u32) {
        match (head.meaning.holds(), head.kind) {
            (Holds::Message(scope), _) => self.message(value, scope, depth_left),
            (Holds::Enum(enumeration), Kind::Prefixed) => {
                self.list(value, false, |decoder| number(decoder, Scalar::I32, Some(enumeration)));
            }
            (Holds::Enum(enumeration), _) => {
                self.single(value, |decoder| number(decoder, Scalar::I32, Some(enumeration)));
            }
            (Holds::Scalar(Scalar::String), _) => match std::str::from_utf8(value.bytes) {
                Ok(text) => self.leaf(value, Leaf::Scalar(ScalarValue::String(text))),
                Err(_) => self.fault(DecodeErrorKind::NotUtf8, value),
            },
            (Holds::Scalar(Scalar::Bytes), _) => {
                self.leaf(value, Leaf::Scalar(ScalarValue::Bytes(value.bytes)));
            }
            (Holds::Scalar(scalar), Kind::Prefixed) => {
                self.list(value, false, |decoder| number(decoder, scalar, None));
            }
            (Holds::Scalar(scalar), _) => self.single(value, |decoder| number(decoder, scalar, None)),
            (Holds::Anything, Kind::Varint) => {
                self.single(value, |decoder| decoder.varint().map(Leaf::Varint));
            }
            (Holds::Anything, Kind::Four) => {
                self.single(value, |decoder| Ok(Leaf::Four(u32::from_le_bytes(decoder.fixed()?))));
            }
            (Holds::Anything, Kind::Eight) => {
                self.single(value, |decoder| Ok(Leaf::Eight(u64::from_le_bytes(decoder.fixed()?))));
            }
            (Holds::Anything, Kind::Prefixed) => match Guess::of(value.bytes) {
                Guess::Text(text) => self.leaf(value, Leaf::Text(text)),
                Guess::Message if depth_left == 0 => self.leaf(value, Leaf::TooDeep(value.bytes)),
                Guess::Message => self.message(value, Scope::Unknown, depth_left),
                Guess::Packed => self.list(value, true, |decoder| decoder.varint().map(Leaf::Varint)),
                Guess::Bytes => self.leaf(value, Leaf::Bytes(value.bytes)),
            },
        }
    }

    fn message(&mut self, value: Part<'_>, scope: Scope<'_>, depth_left: u32) {
        self.visitor.event(Event::Open { scope });
        match depth_left.checked_sub(1) {
            Some(depth_left) => self.records(value, scope, depth_left),
            None => self.fault(DecodeErrorKind::DepthExceeded { limit: self.depth }, value),
        }
        self.visitor.event(Event::Close);
    }

    /// The numbers of a packed list.
    fn list<'a, 'p>(
        &mut self,
        whole: Part<'a>,
        is_guess: bool,
        read: impl Fn(&mut Decoder<'a>) -> Result<Leaf<'a, 'p>, DecodeError>,
    ) {
        self.visitor.event(Event::OpenList { is_guess });
        let mut decoder = Decoder::new(whole.bytes, &DecodeLimits::default());
        while !decoder.rest().is_empty() {
            let start = whole.rest(&decoder);
            match read(&mut decoder) {
                Ok(value) => self.leaf(start.until(whole.rest(&decoder)), value),
                Err(error) => {
                    self.fault(error.kind(), start);
                    break;
                }
            }
        }
        self.visitor.event(Event::CloseList);
    }

    /// One number.
    fn single<'a, 'p>(
        &mut self,
        value: Part<'a>,
        read: impl Fn(&mut Decoder<'a>) -> Result<Leaf<'a, 'p>, DecodeError>,
    ) {
        match read(&mut Decoder::new(value.bytes, &DecodeLimits::default())) {
            Ok(leaf) => self.leaf(value, leaf),
            Err(error) => self.fault(error.kind(), value),
        }
    }

    fn leaf(&mut self, part: Part<'_>, value: Leaf<'_, '_>) {
        self.visitor.event(Event::Value { part, value });
    }

    fn fault(&mut self, kind: DecodeErrorKind, rest: Part<'_>) {
        self.visitor.event(Event::Fault { fault: Fault::new(rest.offset, kind), rest });
    }
}

/// The next number of a decoder.
fn number<'a, 'p>(
    decoder: &mut Decoder<'a>,
    scalar: Scalar,
    enumeration: Option<EnumDescriptor<'p>>,
) -> Result<Leaf<'a, 'p>, DecodeError> {
    let value = ScalarValue::of_number(scalar, decoder)?;
    Ok(match (enumeration, value) {
        (Some(enumeration), ScalarValue::I32(number)) => Leaf::Enum(enumeration, number),
        (_, value) => Leaf::Scalar(value),
    })
}

/// Tells that something is wrong with what is not shown, and nothing more: the bytes were told before.
struct Withheld<'v> {
    visitor: &'v mut dyn Visitor,
}

impl Visitor for Withheld<'_> {
    fn event(&mut self, event: Event<'_, '_>) {
        if let Event::Fault { fault, rest } = event {
            let rest = Part { offset: rest.offset, bytes: &[] };
            self.visitor.event(Event::Fault { fault: fault.withheld(), rest });
        }
    }
}
