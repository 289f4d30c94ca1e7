//! The lines: where bytes stand, what they are in hex, and what they mean.

use std::fmt::{self, Display, Write};

use crate::dynamic::ScalarValue;
use crate::pool::{Cardinality, FieldDescriptor, FieldType};
use crate::text::{AsText, Quoted};
use crate::walk::{Event, Leaf, Meaning, Page, Part, Scope, Shown, Visitor, kind_name};

/// Bytes of a line: the longest varint, and a round number.
const ROW_LEN: usize = 10;

/// Letters of a text that stand beside its first bytes.
const TEXT_SHOWN_MAX: usize = 60;

/// Writes what a walk comes by.
pub(super) struct Lines {
    page: Page,
    limit: usize,
    /// Of an offset.
    width: usize,
    level: usize,
    shown: Shown,
}

impl Lines {
    /// For so many bytes, as so many bytes of text.
    pub(super) fn new(len: usize, limit: usize) -> Self {
        let width = len.saturating_sub(1).to_string().len();
        Self { page: Page::new(limit), limit, width, level: 0, shown: Shown::default() }
    }

    pub(super) fn finish(self) -> Shown {
        let mut shown = self.shown;
        shown.is_cut = self.page.is_full();
        shown.text = self.page.into_text();
        if shown.is_cut {
            let limit = self.limit;
            let told = format!(
                "!! the rest of more than {limit} bytes of text is not shown, raise `annotate.out` to see it\n"
            );
            shown.text.push_str(&told);
        }
        shown
    }

    fn show(&mut self, event: Event<'_, '_>) -> fmt::Result {
        match event {
            Event::Key { part, tag, kind, meaning } => {
                let kind = kind_name(kind);
                match meaning {
                    Meaning::Unknown | Meaning::Undescribed => {
                        self.row(0, part, format_args!("tag {tag}, {kind}"))
                    }
                    Meaning::OtherKind(field) => {
                        let (name, holds) = (field.name(), type_name(field));
                        self.row(0, part, format_args!("tag {tag}, {kind}, unknown: `{name}` is {holds}"))
                    }
                    Meaning::Field(field) => {
                        let (name, holds) = (field.name(), type_name(field));
                        self.row(0, part, format_args!("{name}: tag {tag}, {kind}, {holds}"))
                    }
                    Meaning::Key(_) | Meaning::Value(_) => {
                        let name = meaning.name().unwrap_or_default();
                        self.row(0, part, format_args!("{name}: tag {tag}, {kind}"))
                    }
                }
            }
            Event::Length { part, len } => self.row(1, part, format_args!("length {len}")),
            Event::Value { part, value } => self.value(part, value),
            Event::Open { scope } => {
                self.level += 1;
                match scope {
                    Scope::Unknown => self.remark("a message, by a guess:"),
                    Scope::Message(_) | Scope::Entry(_) => Ok(()),
                }
            }
            Event::Close => {
                self.level = self.level.saturating_sub(1);
                Ok(())
            }
            Event::OpenList { is_guess: true } => self.remark("  packed varints, by a guess:"),
            Event::OpenList { is_guess: false } | Event::CloseList => Ok(()),
            Event::Fault { fault, rest } => {
                self.remark(format_args!("!! {fault}"))?;
                self.rows(0, rest)
            }
        }
    }

    fn value(&mut self, part: Part<'_>, value: Leaf<'_, '_>) -> fmt::Result {
        match value {
            Leaf::Redacted => {
                let none = Part { offset: part.offset, bytes: &[] };
                let len = part.bytes.len();
                let bytes = if len == 1 { "byte" } else { "bytes" };
                self.row(1, none, format_args!("{} of {len} {bytes}", AsText(value)))
            }
            Leaf::TooDeep(_) => {
                self.remark("  maybe a message, deeper than `decode.depth`:")?;
                self.rows(1, part)
            }
            Leaf::Text(text) | Leaf::Scalar(ScalarValue::String(text)) if part.bytes.len() > ROW_LEN => {
                let end = text.char_indices().nth(TEXT_SHOWN_MAX).map_or(text.len(), |(at, _)| at);
                let cut = if end < text.len() { "…" } else { "" };
                let (first, rest) = split(part);
                self.row(1, first, format_args!("{}{cut}", Quoted(&text[..end])))?;
                chunks(rest).try_for_each(|row| {
                    self.hex(row)?;
                    self.page.end_line()
                })
            }
            Leaf::Bytes(_) | Leaf::Scalar(ScalarValue::Bytes(_)) if part.bytes.len() > ROW_LEN => {
                self.rows(1, part)
            }
            Leaf::Enum(enumeration, number) => match enumeration.value_of_number(number) {
                Some(value) => self.row(1, part, format_args!("{} ({number})", value.name)),
                None => self.row(1, part, format_args!("{number}, which the schema does not name")),
            },
            // Of four and eight bytes only the hex is known, and that may be a number of any sort.
            Leaf::Four(number) => {
                let float = f32::from_bits(number);
                self.row(1, part, format_args!("{number}, or {float:?}"))
            }
            Leaf::Eight(number) => {
                let float = f64::from_bits(number);
                self.row(1, part, format_args!("{number}, or {float:?}"))
            }
            _ => self.row(1, part, AsText(value)),
        }
    }

    /// Rows with the letters of the bytes beside them.
    fn rows(&mut self, deeper: usize, part: Part<'_>) -> fmt::Result {
        chunks(part).try_for_each(|row| self.row(deeper, row, format_args!("|{}|", Letters(row.bytes))))
    }

    /// A line without bytes, at the level of what holds the record.
    fn remark(&mut self, text: impl Display) -> fmt::Result {
        let blank = self.width;
        write!(self.page, "{:blank$}  {:hex$}  ", "", "", hex = 3 * ROW_LEN)?;
        self.text(0, text)
    }

    fn row(&mut self, deeper: usize, part: Part<'_>, text: impl Display) -> fmt::Result {
        self.hex(part)?;
        let blank = 3 * (ROW_LEN - part.bytes.len().min(ROW_LEN)) + usize::from(!part.bytes.is_empty());
        write!(self.page, "{:blank$}  ", "")?;
        self.text(deeper, text)
    }

    fn hex(&mut self, part: Part<'_>) -> fmt::Result {
        let width = self.width;
        write!(self.page, "{:width$}  ", part.offset)?;
        let mut blank = "";
        part.bytes
            .iter()
            .try_for_each(|byte| write!(self.page, "{}{byte:02x}", std::mem::replace(&mut blank, " ")))
    }

    fn text(&mut self, deeper: usize, text: impl Display) -> fmt::Result {
        (0..self.level + deeper).try_for_each(|_| self.page.write_str("  "))?;
        write!(self.page, "{text}")?;
        self.page.end_line()
    }
}

impl Visitor for Lines {
    fn event(&mut self, event: Event<'_, '_>) {
        self.shown.count(&event);
        if !self.page.is_full() {
            // What fails is the page, and it knows why: it is full.
            let _ = self.show(event);
        }
    }
}

/// Bytes as letters, as far as they are visible ASCII.
struct Letters<'b>(&'b [u8]);

impl Display for Letters<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |byte: &u8| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' };
        self.0.iter().try_for_each(|byte| out.write_char(letter(byte)))
    }
}

/// What a field is, as a schema has it.
fn type_name(field: FieldDescriptor<'_>) -> String {
    let holds = match field.value_type() {
        FieldType::Scalar(scalar) => scalar.word(),
        FieldType::Message(message) => message.full_name(),
        FieldType::Enum(enumeration) => enumeration.full_name(),
    };
    match field.cardinality() {
        Cardinality::Map(key) => format!("map of {} to {holds}", key.word()),
        Cardinality::Repeated => format!("repeated {holds}"),
        Cardinality::Single | Cardinality::Optional => holds.to_owned(),
    }
}

/// The first row and what is left.
fn split<'a>(part: Part<'a>) -> (Part<'a>, Part<'a>) {
    let (first, rest) = part.bytes.split_at(part.bytes.len().min(ROW_LEN));
    (Part { bytes: first, ..part }, Part { offset: part.offset + first.len(), bytes: rest })
}

fn chunks<'a>(part: Part<'a>) -> impl Iterator<Item = Part<'a>> {
    let rows = part.bytes.chunks(ROW_LEN).enumerate();
    rows.map(move |(at, bytes)| Part { offset: part.offset + at * ROW_LEN, bytes })
}
