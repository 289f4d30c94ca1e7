//! A decoder that is slow and plainly right: one record after the other into a tree of values, by a table of fields.
//!
//! It shares no line with the codec and knows none of its types; it has no limit but depth. What protobuf says of
//! repeated records, kinds and presence stands in [`merge`], and nowhere twice.

use std::collections::BTreeMap;

/// What a message's fields are.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) rows: &'static [Row],
    /// Without, records that no row takes are dropped.
    pub(crate) keeps_unknown: bool,
}

/// One field.
pub(crate) struct Row {
    pub(crate) tag: u32,
    pub(crate) presence: Presence,
    /// Of the fields of one message with the same number here, at most one is set.
    pub(crate) oneof: Option<u8>,
}

/// How many values a field has, and what each is.
#[derive(Clone, Copy)]
pub(crate) enum Presence {
    /// One that is not there when it is zero or empty.
    One(Form),
    /// One that may be there and be zero.
    Maybe(Form),
    Many(Form),
    Map(Form, Form),
}

/// What one value is.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Bool,
    Uint32,
    Uint64,
    Int32,
    Int64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
    /// A number of 32 bits that has a name or not.
    Enum,
    Text,
    Blob,
    Message(fn() -> &'static Table),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    /// Bits, so that a NaN equals itself.
    Float(u32),
    Double(u64),
    Text(String),
    Blob(Vec<u8>),
    Message(Tree),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content {
    One(Value),
    Many(Vec<Value>),
    Map(BTreeMap<Value, Value>),
}

/// A message: its fields that are there, by their tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tree {
    pub(crate) fields: BTreeMap<u32, Content>,
    pub(crate) unknown: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Truncated,
    VarintTooLong,
    TagZero,
    TagTooLarge,
    KindRefused,
    LengthPastEnd,
    NotUtf8,
    DepthExceeded,
}

/// The message in `bytes`, with at most `depth` messages inside one another below it.
pub(crate) fn decode(table: &Table, bytes: &[u8], depth: u32) -> Result<Tree, Refusal> {
    let mut tree = Tree::default();
    merge(&mut tree, table, bytes, depth)?;
    Ok(tree)
}

fn merge(tree: &mut Tree, table: &Table, mut bytes: &[u8], depth: u32) -> Result<(), Refusal> {
    while !bytes.is_empty() {
        let record = bytes;
        let (tag, kind) = take_key(&mut bytes)?;
        let row = table.rows.iter().find(|row| row.tag == tag);
        match row.map(|row| (row, row.presence)) {
            Some((row, Presence::One(form) | Presence::Maybe(form))) if kind == form.kind() => {
                let others =
                    table.rows.iter().filter(|other| row.oneof.is_some() && other.oneof == row.oneof);
                let mut before = tree.fields.get(&tag).cloned();
                let value = match (form, before.take()) {
                    // A message goes into what is there.
                    (Form::Message(table), Some(Content::One(Value::Message(mut inner)))) => {
                        merge_inside(&mut inner, table(), &mut bytes, depth)?;
                        Value::Message(inner)
                    }
                    _ => take_value(form, &mut bytes, depth)?,
                };
                for other in others {
                    tree.fields.remove(&other.tag);
                }
                let is_there = matches!(row.presence, Presence::Maybe(_)) || !value.is_zero();
                if is_there {
                    tree.fields.insert(tag, Content::One(value));
                } else {
                    tree.fields.remove(&tag);
                }
            }
            Some((_, Presence::Many(form))) if kind == form.kind() => {
                let value = take_value(form, &mut bytes, depth)?;
                tree.many(tag).push(value);
            }
            Some((_, Presence::Many(form))) if kind == PREFIXED => {
                let mut packed = take_prefixed(&mut bytes)?;
                while !packed.is_empty() {
                    let value = take_value(form, &mut packed, depth)?;
                    tree.many(tag).push(value);
                }
            }
            Some((_, Presence::Map(key, value))) if kind == PREFIXED => {
                let entry = take_entry(key, value, &mut bytes, depth)?;
                tree.map(tag).insert(entry.0, entry.1);
            }
            _ => {
                skip(kind, &mut bytes)?;
                if table.keeps_unknown {
                    tree.unknown.extend_from_slice(&record[..record.len() - bytes.len()]);
                }
            }
        }
    }
    Ok(())
}

/// Does a record anywhere in `bytes` replace what an earlier one said, or go into it? Up to the first fault.
pub(crate) fn replaces(table: &Table, mut bytes: &[u8]) -> bool {
    let (mut singular, mut keys) = (Vec::new(), Vec::new());
    while !bytes.is_empty() {
        let Ok((tag, kind)) = take_key(&mut bytes) else {
            return false;
        };
        let value = bytes;
        if skip(kind, &mut bytes).is_err() {
            return false;
        }
        let Some(row) = table.rows.iter().find(|row| row.tag == tag) else {
            continue;
        };
        let (inside, is_singular) = match row.presence {
            Presence::One(form) | Presence::Maybe(form) => (form, true),
            Presence::Many(form) => (form, false),
            Presence::Map(key, value_form) if kind == PREFIXED => {
                let mut entry = value;
                let Ok(entry) = take_prefixed(&mut entry) else { return false };
                let entry_key = (tag, key_of(key, entry));
                if keys.contains(&entry_key) || entry_replaces(key, value_form, entry) {
                    return true;
                }
                keys.push(entry_key);
                continue;
            }
            Presence::Map(..) => continue,
        };
        if kind != inside.kind() {
            continue;
        }
        // Members of one oneof replace each other.
        let place = row.oneof.ok_or(tag);
        if is_singular && singular.contains(&place) {
            return true;
        }
        singular.push(place);
        let mut value = value;
        if let (Form::Message(table), Ok(inside)) = (inside, take_prefixed(&mut value))
            && replaces(table(), inside)
        {
            return true;
        }
    }
    false
}

/// The key of an entry, as far as it can be read.
fn key_of(form: Form, mut entry: &[u8]) -> Value {
    let mut key = form.zero();
    while let Ok((tag, kind)) = take_key(&mut entry) {
        if (tag, kind) != (1, form.kind()) {
            if skip(kind, &mut entry).is_err() {
                break;
            }
        } else if let Ok(value) = take_value(form, &mut entry, 0) {
            key = value;
        } else {
            break;
        }
    }
    key
}

fn entry_replaces(key: Form, value: Form, mut entry: &[u8]) -> bool {
    let mut seen = [false; 2];
    while let Ok((tag, kind)) = take_key(&mut entry) {
        let at = entry;
        if skip(kind, &mut entry).is_err() {
            return false;
        }
        let place = match tag {
            1 if kind == key.kind() => 0,
            2 if kind == value.kind() => 1,
            _ => continue,
        };
        if std::mem::replace(&mut seen[place], true) {
            return true;
        }
        let mut at = at;
        if let (1, Form::Message(table), Ok(inside)) = (place, value, take_prefixed(&mut at))
            && replaces(table(), inside)
        {
            return true;
        }
    }
    false
}

/// An entry is a message of two fields. What else stands in it is dropped.
fn take_entry(key: Form, value: Form, bytes: &mut &[u8], depth: u32) -> Result<(Value, Value), Refusal> {
    let mut entry = take_prefixed(bytes)?;
    let depth = depth.checked_sub(1).ok_or(Refusal::DepthExceeded)?;
    let (mut key_there, mut value_there) = (key.zero(), value.zero());
    while !entry.is_empty() {
        match take_key(&mut entry)? {
            (1, kind) if kind == key.kind() => key_there = take_value(key, &mut entry, depth)?,
            (2, kind) if kind == value.kind() => match (value, &mut value_there) {
                (Form::Message(table), Value::Message(inner)) => {
                    merge_inside(inner, table(), &mut entry, depth)?;
                }
                _ => value_there = take_value(value, &mut entry, depth)?,
            },
            (_, kind) => skip(kind, &mut entry)?,
        }
    }
    Ok((key_there, value_there))
}

fn take_value(form: Form, bytes: &mut &[u8], depth: u32) -> Result<Value, Refusal> {
    Ok(match form {
        Form::Bool => Value::Bool(take_varint(bytes)? != 0),
        Form::Uint32 => Value::Unsigned(take_varint(bytes)? & 0xffff_ffff),
        Form::Uint64 => Value::Unsigned(take_varint(bytes)?),
        Form::Int32 | Form::Enum => Value::Signed(i64::from(take_varint(bytes)? as i32)),
        Form::Int64 => Value::Signed(take_varint(bytes)? as i64),
        Form::Sint32 => Value::Signed(unzigzag(take_varint(bytes)? & 0xffff_ffff)),
        Form::Sint64 => Value::Signed(unzigzag(take_varint(bytes)?)),
        Form::Fixed32 => Value::Unsigned(u64::from(u32::from_le_bytes(take_fixed(bytes)?))),
        Form::Fixed64 => Value::Unsigned(u64::from_le_bytes(take_fixed(bytes)?)),
        Form::Sfixed32 => Value::Signed(i64::from(i32::from_le_bytes(take_fixed(bytes)?))),
        Form::Sfixed64 => Value::Signed(i64::from_le_bytes(take_fixed(bytes)?)),
        Form::Float => Value::Float(u32::from_le_bytes(take_fixed(bytes)?)),
        Form::Double => Value::Double(u64::from_le_bytes(take_fixed(bytes)?)),
        Form::Text => {
            let bytes = take_prefixed(bytes)?.to_vec();
            Value::Text(String::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?)
        }
        Form::Blob => Value::Blob(take_prefixed(bytes)?.to_vec()),
        Form::Message(table) => {
            let mut inner = Tree::default();
            merge_inside(&mut inner, table(), bytes, depth)?;
            Value::Message(inner)
        }
    })
}

fn merge_inside(tree: &mut Tree, table: &Table, bytes: &mut &[u8], depth: u32) -> Result<(), Refusal> {
    let inside = take_prefixed(bytes)?;
    merge(tree, table, inside, depth.checked_sub(1).ok_or(Refusal::DepthExceeded)?)
}

fn skip(kind: u8, bytes: &mut &[u8]) -> Result<(), Refusal> {
    match kind {
        VARINT => take_varint(bytes).map(drop),
        EIGHT => take_fixed::<8>(bytes).map(drop),
        FOUR => take_fixed::<4>(bytes).map(drop),
        _ => take_prefixed(bytes).map(drop),
    }
}

const VARINT: u8 = 0;
const EIGHT: u8 = 1;
const PREFIXED: u8 = 2;
const FOUR: u8 = 5;

fn take_key(bytes: &mut &[u8]) -> Result<(u32, u8), Refusal> {
    let number = take_varint(bytes)?;
    let (tag, kind) = (number >> 3, (number & 7) as u8);
    match (tag, kind) {
        (0, _) => Err(Refusal::TagZero),
        (536_870_912.., _) => Err(Refusal::TagTooLarge),
        (_, VARINT | EIGHT | PREFIXED | FOUR) => Ok((tag as u32, kind)),
        _ => Err(Refusal::KindRefused),
    }
}

fn take_varint(bytes: &mut &[u8]) -> Result<u64, Refusal> {
    let mut number = 0_u128;
    for at in 0..10 {
        let byte = take_fixed::<1>(bytes)?[0];
        number |= u128::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return u64::try_from(number).map_err(|_| Refusal::VarintTooLong);
        }
    }
    Err(Refusal::VarintTooLong)
}

fn take_fixed<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Refusal> {
    let (value, rest) = bytes.split_first_chunk().ok_or(Refusal::Truncated)?;
    *bytes = rest;
    Ok(*value)
}

fn take_prefixed<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], Refusal> {
    let len = take_varint(bytes)?;
    if len > bytes.len() as u64 {
        return Err(Refusal::LengthPastEnd);
    }
    let (value, rest) = bytes.split_at(len as usize);
    *bytes = rest;
    Ok(value)
}

fn unzigzag(number: u64) -> i64 {
    let half = (number / 2) as i64;
    if number.is_multiple_of(2) { half } else { -half - 1 }
}

impl Form {
    /// How the end of a value is found.
    pub(crate) fn kind(self) -> u8 {
        match self {
            Self::Bool | Self::Uint32 | Self::Uint64 | Self::Int32 | Self::Int64 => VARINT,
            Self::Sint32 | Self::Sint64 | Self::Enum => VARINT,
            Self::Fixed64 | Self::Sfixed64 | Self::Double => EIGHT,
            Self::Fixed32 | Self::Sfixed32 | Self::Float => FOUR,
            Self::Text | Self::Blob | Self::Message(_) => PREFIXED,
        }
    }

    /// What is read where nothing came.
    fn zero(self) -> Value {
        match self {
            Self::Bool => Value::Bool(false),
            Self::Uint32 | Self::Uint64 | Self::Fixed32 | Self::Fixed64 => Value::Unsigned(0),
            Self::Int32 | Self::Int64 | Self::Sint32 | Self::Sint64 => Value::Signed(0),
            Self::Sfixed32 | Self::Sfixed64 | Self::Enum => Value::Signed(0),
            Self::Float => Value::Float(0),
            Self::Double => Value::Double(0),
            Self::Text => Value::Text(String::new()),
            Self::Blob => Value::Blob(Vec::new()),
            Self::Message(_) => Value::Message(Tree::default()),
        }
    }
}

impl Value {
    /// By bits: −0.0 is not.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Unsigned(value) | Self::Double(value) => *value == 0,
            Self::Signed(value) => *value == 0,
            Self::Float(value) => *value == 0,
            Self::Text(value) => value.is_empty(),
            Self::Blob(value) => value.is_empty(),
            Self::Message(_) => false,
        }
    }
}

impl Tree {
    fn many(&mut self, tag: u32) -> &mut Vec<Value> {
        match self.fields.entry(tag).or_insert_with(|| Content::Many(Vec::new())) {
            Content::Many(values) => values,
            _ => unreachable!("the table says that tag {tag} is repeated"),
        }
    }

    fn map(&mut self, tag: u32) -> &mut BTreeMap<Value, Value> {
        match self.fields.entry(tag).or_insert_with(|| Content::Map(BTreeMap::new())) {
            Content::Map(entries) => entries,
            _ => unreachable!("the table says that tag {tag} is a map"),
        }
    }
}
