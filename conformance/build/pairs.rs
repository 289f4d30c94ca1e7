//! Our types and prost's, pair by pair, as calls of the macros in `src/pair.rs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use prost_types::{DescriptorProto, FileDescriptorSet};

/// The package of the types that protobuf brings, of which ours are in the runtime.
const WELL_KNOWN: &str = "google.protobuf";

/// What some of them are called here.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("Int32Value", "I32Value"),
    ("Int64Value", "I64Value"),
    ("UInt32Value", "U32Value"),
    ("UInt64Value", "U64Value"),
    ("FloatValue", "F32Value"),
    ("DoubleValue", "F64Value"),
];

/// Of these, what random texts and numbers make is seldom sound: `src/kit_types.rs` makes better ones.
const RANDOM_BY_HAND: [&str; 4] = ["Any", "Duration", "FieldMask", "Timestamp"];

/// Rust source: what is generic over a pair for each pair, and a list of all messages.
pub(crate) fn pairs(set: &FileDescriptorSet) -> String {
    let mut out = String::new();
    let mut messages = Vec::new();
    for file in &set.file {
        let scope = Scope::of_package(file.package());
        for message in &file.message_type {
            scope.message(message, &mut out, &mut messages);
        }
        for enumeration in &file.enum_type {
            scope.enumeration(enumeration.name(), &mut out);
        }
    }
    let with_maps = with_maps(set);
    let cases = messages.iter().map(|(name, ours, theirs)| {
        format!("    Case::of::<{ours}, {theirs}>({name:?}, {}),\n", with_maps.contains(name))
    });
    let cases: String = cases.collect();
    let _infallible =
        write!(out, "/// Every message of the schemas.\npub const CASES: &[Case] = &[\n{cases}];\n");
    out
}

/// The messages that hold a map, or a message that does.
fn with_maps(set: &FileDescriptorSet) -> BTreeSet<String> {
    let mut fields = Vec::new();
    for file in &set.file {
        file.message_type.iter().for_each(|message| types_of(message, file.package(), &mut fields));
    }
    // Entries of maps are messages of their own.
    let mut found: BTreeSet<String> = BTreeSet::new();
    loop {
        let more: BTreeSet<String> = fields
            .iter()
            .filter(|(_, ty)| ty.ends_with("Entry") || found.contains(ty))
            .map(|(message, _)| message.clone())
            .collect();
        if more.len() <= found.len() {
            return found;
        }
        found = more;
    }
}

/// Each message with the type of each of its fields that is one.
fn types_of(message: &DescriptorProto, around: &str, fields: &mut Vec<(String, String)>) {
    let name = format!("{around}.{}", message.name());
    for field in &message.field {
        fields.push((name.clone(), field.type_name().trim_start_matches('.').to_owned()));
    }
    message.nested_type.iter().for_each(|nested| types_of(nested, &name, fields));
}

/// A package, or a message that others are nested in.
struct Scope {
    /// As protobuf calls it.
    name: String,
    ours: String,
    theirs: String,
}

impl Scope {
    fn of_package(package: &str) -> Self {
        let path = package.replace('.', "::");
        let ours = match package {
            WELL_KNOWN | "svrkit.types" => "::svrkit_runtime::types".to_owned(),
            _ => format!("crate::ours::{path}"),
        };
        Self { name: package.to_owned(), ours, theirs: format!("crate::theirs::{path}") }
    }

    fn message(
        &self,
        message: &DescriptorProto,
        out: &mut String,
        messages: &mut Vec<(String, String, String)>,
    ) {
        if message.options.as_ref().is_some_and(|options| options.map_entry()) {
            return;
        }
        let name = message.name();
        let other = OTHER_NAMES.iter().find(|(theirs, _)| self.name == WELL_KNOWN && *theirs == name);
        let ours = format!("{}::{}", self.ours, other.map_or(name, |(_, ours)| ours));
        let theirs = format!("{}::{name}", self.theirs);
        let inside = Self {
            name: format!("{}.{name}", self.name),
            ours: format!("{}::{}", self.ours, snake(name)),
            theirs: format!("{}::{}", self.theirs, snake(name)),
        };
        let is_member = |field: &&prost_types::FieldDescriptorProto| {
            field.oneof_index.is_some() && !field.proto3_optional()
        };
        let mut fields: Vec<&str> =
            message.field.iter().filter(|field| !is_member(field)).map(|field| field.name()).collect();
        for (at, oneof) in message.oneof_decl.iter().enumerate() {
            let members =
                message.field.iter().filter(is_member).filter(|field| field.oneof_index == Some(at as i32));
            let members: Vec<String> = members.map(|field| pascal(field.name())).collect();
            // That of an optional field is none in Rust.
            if !members.is_empty() {
                fields.push(oneof.name());
                let (oneof, members) = (pascal(oneof.name()), members.join(", "));
                let (ours, theirs) = (&inside.ours, &inside.theirs);
                let _infallible =
                    writeln!(out, "oneof_pair!({ours}::{oneof}, {theirs}::{oneof}, [{members}]);");
            }
        }
        let is_by_hand = self.name == WELL_KNOWN && RANDOM_BY_HAND.contains(&name);
        let word = if is_by_hand { "same_pair" } else { "message_pair" };
        let _infallible = writeln!(out, "{word}!({ours}, {theirs}, [{}]);", fields.join(", "));
        for nested in &message.nested_type {
            inside.message(nested, out, messages);
        }
        for enumeration in &message.enum_type {
            inside.enumeration(enumeration.name(), out);
        }
        messages.push((inside.name, ours, theirs));
    }

    fn enumeration(&self, name: &str, out: &mut String) {
        let _infallible = writeln!(out, "enum_pair!({}::{name});", self.ours);
    }
}

/// `FieldMask` as `field_mask`: the schemas have no names of which this is not enough.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, character) in name.char_indices() {
        if character.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

/// `null_value` as `NullValue`.
fn pascal(name: &str) -> String {
    let mut is_upper = true;
    let mut out = String::new();
    for character in name.chars() {
        match character {
            '_' => is_upper = true,
            _ if std::mem::take(&mut is_upper) => out.push(character.to_ascii_uppercase()),
            _ => out.push(character),
        }
    }
    out
}
