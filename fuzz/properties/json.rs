//! What must hold for any bytes at all that become JSON, and for any text that is read as JSON.
//!
//! The descriptors are made of the tables of [`codec::messages`](super::codec::messages), so that the codec and the
//! reference decoder know the same messages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use svrkit_reflect::descriptor::{
    DescriptorSet, Enum, EnumValue, Field, Label, Message, Oneof, Scalar, field::Kind,
};
use svrkit_reflect::{Pool, json};
use svrkit_runtime::Tlv;

use crate::codec::messages::{Every, Known};
use crate::codec::reference::{self, Content, Form, Presence, Row, Table, Tree, Value};

const MOOD: &str = "Mood";

static POOL: LazyLock<Pool> = LazyLock::new(|| {
    let mut messages = BTreeMap::new();
    collect(Every::table(), &mut messages);
    let values = [("UNSPECIFIED", 0), ("GLAD", 1), ("SAD", -1)];
    let values =
        values.map(|(name, number)| EnumValue { name: name.to_owned(), number, ..EnumValue::default() });
    let mood = Enum { name: MOOD.to_owned(), values: values.into(), ..Enum::default() };
    let messages = messages.into_values().collect();
    let set = DescriptorSet { messages, enums: vec![mood], ..DescriptorSet::default() };
    Pool::new([set]).expect("the tables describe sound messages")
});

/// The bytes as a message become JSON that says the same; the bytes as JSON become a message that says the same.
pub(crate) fn json(bytes: &[u8]) {
    write(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        read(text);
    }
}

/// What can be decoded is written and read back, but for what JSON cannot say: unknown records, the bits of a NaN.
fn write(bytes: &[u8]) {
    let written = json::write(&POOL, Every::NAME, bytes, &json::Options::default());
    match (Every::decode(bytes), written) {
        (Ok(every), Ok(text)) => {
            let back = json::read(&POOL, Every::NAME, &text, &json::Options::default());
            let back = back.unwrap_or_else(|error| panic!("our own JSON is refused: {error}\n{text}"));
            let back = Every::decode(&back).expect("what was made of JSON is a message");
            assert_eq!(sayable(back.tree()), sayable(every.tree()), "{text}");
        }
        // What later records replace is not looked at.
        (Err(error), Ok(text)) => {
            assert!(
                reference::replaces(Every::table(), bytes),
                "the codec refuses what became {text}: {error}"
            );
        }
        (Ok(_), Err(error)) => panic!("no JSON is made of a message: {error}"),
        (Err(_), Err(_)) => {}
    }
}

/// What is read becomes a message, and JSON that is read as the same bytes.
fn read(text: &str) {
    let Ok(bytes) = json::read(&POOL, Every::NAME, text, &json::Options::default()) else {
        return;
    };
    let every = Every::decode(&bytes).expect("what was made of JSON is a message");
    assert!(every.unknown.is_empty());
    let again = json::write(&POOL, Every::NAME, &bytes, &json::Options::default());
    let again = again.unwrap_or_else(|error| panic!("no JSON is made of what came of it: {error}\n{text}"));
    let read = json::read(&POOL, Every::NAME, &again, &json::Options::default());
    assert_eq!(read.as_ref().map_err(ToString::to_string), Ok(&bytes), "{text}, then {again}");
}

/// Without what JSON has no words for.
fn sayable(tree: Tree) -> Tree {
    let content = |content| match content {
        Content::One(value) => Content::One(sayable_value(value)),
        Content::Many(values) => Content::Many(values.into_iter().map(sayable_value).collect()),
        Content::Map(entries) => {
            Content::Map(entries.into_iter().map(|(key, value)| (key, sayable_value(value))).collect())
        }
    };
    let fields = tree.fields.into_iter().map(|(tag, it)| (tag, content(it))).collect();
    Tree { fields, unknown: Vec::new() }
}

fn sayable_value(value: Value) -> Value {
    match value {
        Value::Float(bits) if f32::from_bits(bits).is_nan() => Value::Float(f32::NAN.to_bits()),
        Value::Double(bits) if f64::from_bits(bits).is_nan() => Value::Double(f64::NAN.to_bits()),
        Value::Message(tree) => Value::Message(sayable(tree)),
        value => value,
    }
}

/// Describes the message of a table, and those that it holds.
fn collect(table: &Table, messages: &mut BTreeMap<&'static str, Message>) {
    if messages.contains_key(table.name) {
        return;
    }
    let has_oneof = table.rows.iter().any(|row| row.oneof.is_some());
    let oneofs = has_oneof.then(|| Oneof { name: "choice".to_owned(), ..Oneof::default() });
    let message = Message {
        name: table.name.to_owned(),
        fields: table.rows.iter().map(field).collect(),
        oneofs: oneofs.into_iter().collect(),
        ..Message::default()
    };
    messages.insert(table.name, message);
    for row in table.rows {
        let (Presence::One(form) | Presence::Maybe(form) | Presence::Many(form) | Presence::Map(_, form)) =
            row.presence;
        if let Form::Message(table) = form {
            collect(table(), messages);
        }
    }
}

fn field(row: &Row) -> Field {
    let (label, form, key) = match row.presence {
        Presence::One(form) => (Label::Single, form, Scalar::Unspecified),
        Presence::Maybe(form @ Form::Message(_)) => (Label::Single, form, Scalar::Unspecified),
        Presence::Maybe(form) if row.oneof.is_some() => (Label::Single, form, Scalar::Unspecified),
        Presence::Maybe(form) => (Label::Optional, form, Scalar::Unspecified),
        Presence::Many(form) => (Label::Repeated, form, Scalar::Unspecified),
        Presence::Map(key, form) => (Label::Map, form, scalar(key)),
    };
    let kind = match form {
        Form::Message(table) => Kind::Message(table().name.to_owned()),
        Form::Enum => Kind::Enumeration(MOOD.to_owned()),
        form => Kind::Scalar(scalar(form)),
    };
    Field {
        name: format!("field_{}", row.tag),
        tag: row.tag,
        label,
        kind: Some(kind),
        key,
        oneof: row.oneof.map(|_| 0),
        ..Field::default()
    }
}

fn scalar(form: Form) -> Scalar {
    match form {
        Form::Bool => Scalar::Bool,
        Form::Uint32 => Scalar::U32,
        Form::Uint64 => Scalar::U64,
        Form::Int32 => Scalar::I32,
        Form::Int64 => Scalar::I64,
        Form::Sint32 => Scalar::S32,
        Form::Sint64 => Scalar::S64,
        Form::Fixed32 => Scalar::Fixed32,
        Form::Fixed64 => Scalar::Fixed64,
        Form::Sfixed32 => Scalar::Sfixed32,
        Form::Sfixed64 => Scalar::Sfixed64,
        Form::Float => Scalar::F32,
        Form::Double => Scalar::F64,
        Form::Text => Scalar::String,
        Form::Blob => Scalar::Bytes,
        Form::Enum | Form::Message(_) => Scalar::Unspecified,
    }
}
