//! A request to fill in: every field with a value that says what goes there.
//!
//! JSON has no place for remarks, so what the fields are is told beside it. Of a oneof its first member is there, and a message within
//! itself ends the way down.

use svrkit_reflect::{Cardinality, FieldDescriptor, FieldType, MessageDescriptor, Scalar, json};

use crate::types::{constraints_of, type_of};

/// A request, and what its fields are.
pub(super) struct Template {
    /// The JSON, which can be sent as it is.
    pub(super) json: String,
    /// A line for each field.
    pub(super) notes: String,
}

/// A message within so many others ends the way down: a template is for people.
const DEPTH_MAX: usize = 8;

pub(super) fn of(message: MessageDescriptor<'_>) -> Template {
    let mut writing = Writing { json: String::new(), notes: String::new(), around: Vec::new() };
    writing.message(message, String::new());
    writing.json.push('\n');
    Template { json: writing.json, notes: writing.notes }
}

struct Writing<'p> {
    json: String,
    notes: String,
    /// The messages that what is written stands in, each with the path there.
    around: Vec<(&'p str, String)>,
}

impl<'p> Writing<'p> {
    fn message(&mut self, message: MessageDescriptor<'p>, path: String) {
        self.around.push((message.full_name(), path));
        let mut oneofs_seen = Vec::new();
        let fields = message.fields().filter(|field| match field.oneof() {
            Some(oneof) if oneofs_seen.contains(&oneof) => false,
            Some(oneof) => {
                oneofs_seen.push(oneof);
                true
            }
            None => true,
        });
        let fields: Vec<_> = fields.collect();
        self.json.push('{');
        for (at, field) in fields.iter().enumerate() {
            self.json.push_str(if at == 0 { "\n" } else { ",\n" });
            self.indent();
            self.json.push_str(&format!("\"{}\": ", field.json_name()));
            self.field(*field);
        }
        self.around.pop();
        if !fields.is_empty() {
            self.json.push('\n');
            self.indent();
        }
        self.json.push('}');
    }

    fn field(&mut self, field: FieldDescriptor<'p>) {
        let path = match self.around.last() {
            Some((_, path)) if !path.is_empty() => format!("{path}.{}", field.json_name()),
            _ => field.json_name().to_owned(),
        };
        self.note(&path, field);
        let (open, close) = match field.cardinality() {
            Cardinality::Repeated => ("[".to_owned(), "]"),
            Cardinality::Map(key) => (format!("{{\"{}\": ", example_key(key)), "}"),
            Cardinality::Single | Cardinality::Optional => (String::new(), ""),
        };
        let begins_at = self.json.len();
        self.json.push_str(&open);
        if self.value(field, path) {
            self.json.push_str(close);
            return;
        }
        // The message is within itself: absent.
        self.json.truncate(begins_at);
        self.json.push_str("null");
    }

    /// Writes one value; false: nothing goes there.
    fn value(&mut self, field: FieldDescriptor<'p>, path: String) -> bool {
        match field.value_type() {
            FieldType::Scalar(scalar) => self.json.push_str(example(scalar)),
            FieldType::Enum(enumeration) => match enumeration.values().first() {
                Some(value) => self.json.push_str(&format!("\"{}\"", value.name)),
                None => self.json.push('0'),
            },
            FieldType::Message(message) => {
                let name = message.full_name();
                if self.around.iter().any(|(around, _)| *around == name) || DEPTH_MAX <= self.around.len() {
                    return false;
                }
                match form_of_empty(message) {
                    Some(form) => self.json.push_str(&form),
                    None => self.message(message, path),
                }
            }
        }
        true
    }

    fn note(&mut self, path: &str, field: FieldDescriptor<'p>) {
        self.notes.push_str(&format!("{path}: {}", type_of(field)));
        if let Some(oneof) = field.oneof() {
            let members = field.message();
            let members: Vec<_> =
                members.fields().filter(|it| it.oneof() == Some(oneof)).map(|it| it.json_name()).collect();
            self.notes.push_str(&format!(", one of {}", members.join(", ")));
        }
        self.notes.push_str(&constraints_of(&field.source().constraints));
        let doc = field.source().doc.replace('\n', " ");
        if !doc.is_empty() {
            self.notes.push_str(&format!("  # {doc}"));
        }
        self.notes.push('\n');
    }

    fn indent(&mut self) {
        self.json.extend(std::iter::repeat_n("  ", self.around.len()));
    }
}

/// What an empty message of the kit's types is in JSON; `None`: an object of its fields, as every other.
fn form_of_empty(message: MessageDescriptor<'_>) -> Option<String> {
    let name = message.full_name();
    let own = name.strip_prefix("svrkit.types.").or_else(|| name.strip_prefix("google.protobuf."))?;
    if matches!(own, "Empty" | "Decimal") {
        return None;
    }
    let form = json::write(message.pool(), name, b"", &json::Options::default());
    // A value that is none is none in JSON.
    Some(form.unwrap_or_else(|_| "null".into()))
}

fn example(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "false",
        Scalar::String | Scalar::Bytes => "\"\"",
        Scalar::I64 | Scalar::U64 | Scalar::S64 | Scalar::Fixed64 | Scalar::Sfixed64 => "\"0\"",
        _ => "0",
    }
}

fn example_key(key: Scalar) -> &'static str {
    match key {
        Scalar::Bool => "false",
        Scalar::String => "key",
        _ => "0",
    }
}
